import assert from "node:assert/strict";
import { isAbsolute } from "node:path";
import type { Story } from "./story.js";

/** Where the workers of a store meet, and how it is told from others. */
export function placeContract(story: Story): void {
  story("all connections name the same meeting place, and the same identity", async (scene) => {
    const other = await scene.store.connect();
    const { meetingPlace, identity } = scene.storage;
    assert.ok(isAbsolute(meetingPlace), `${meetingPlace} is no absolute path`);
    assert.match(identity, /^[^\0]+$/);
    assert.deepEqual([other.meetingPlace, other.identity], [meetingPlace, identity]);
  });

  story("another store has another meeting place, and another identity", async (scene, another) => {
    const stranger = await another();
    assert.notEqual(stranger.meetingPlace, scene.storage.meetingPlace);
    assert.notEqual(stranger.identity, scene.storage.identity);
  });

  story("what one store keeps, another does not see", async (scene, another) => {
    const job = await scene.add();
    const stranger = await another();
    assert.deepEqual(await stranger.get([job.id]), [undefined]);
  });
}
