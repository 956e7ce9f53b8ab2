import type { JobRecord, JobSpec } from "../../src/job/job.js";
import {
  COMPLETED,
  FAILED,
  RELEASED,
  type Scene,
  TIMEOUT,
} from "../../src/storage/contract/scene.js";

interface Chapter {
  readonly name: string;
  /** The names of jobs told of before. */
  readonly parents?: readonly string[];
  readonly said?: Partial<JobSpec>;
  /** What has become of it. */
  readonly lived?: (scene: Scene, job: JobRecord) => Promise<unknown>;
}

/** A queue with a job in every state that there is. */
export const STORY: readonly Chapter[] = [
  {
    name: "completed",
    said: { params: '{"größe":"尺寸","🎈":["\\u0000",1.5,null]}', description: "two\nlines" },
    lived: (scene, job) => scene.run(job, { type: "completed", result: '{"grüße":"🎈"}' }),
  },
  {
    name: "failed",
    said: { maxAttempts: 2 },
    lived: async (scene, job) => {
      await scene.run(job, FAILED);
      await scene.run(job, {
        type: "failed",
        error: "TypeError: schlüssel\n    at run (jobs.js:1)",
      });
    },
  },
  { name: "timed out", said: { timeoutMs: 1_500 }, lived: (scene, job) => scene.run(job, TIMEOUT) },
  { name: "cancelled", lived: (scene, job) => scene.change("cancel", job) },
  { name: "orphan", parents: ["failed"] },
  { name: "grandchild", parents: ["orphan"] },
  {
    name: "running",
    said: { maxAttempts: 2, timeoutMs: null },
    lived: (scene, job) => scene.take(job, "old-0"),
  },
  {
    name: "to be killed",
    said: { maxAttempts: 2 },
    lived: async (scene, job) => {
      await scene.take(job, "old-1");
      await scene.change("kill", job);
    },
  },
  { name: "waits for one of two", parents: ["running", "completed"] },
  { name: "waits for good", parents: ["timed out"], said: { onParentFailure: "wait" } },
  {
    name: "runs regardless",
    parents: ["failed", "completed"],
    said: { onParentFailure: "run", passParentResults: true, priority: -5 },
  },
  {
    name: "wants no results",
    parents: ["completed"],
    said: { passParentResults: false, priority: 100 },
  },
  { name: "later", said: { runAt: 1_900_000_000_000 } },
  {
    name: "tried again later",
    said: { maxAttempts: 5, retryDelayMs: 3_600_000, backoff: "exponential" },
    lived: (scene, job) => scene.run(job, FAILED),
  },
  { name: "given back", lived: (scene, job) => scene.run(job, RELEASED) },
  {
    name: "requeued",
    lived: async (scene, job) => {
      await scene.run(job, FAILED);
      await scene.change("requeue", job);
      await scene.run(job, COMPLETED);
    },
  },
  { name: "plain" },
];
