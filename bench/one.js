import { CONTENDERS } from "./contenders.js";

/** One step of one contender, in a process of its own: `one.js fill|drain NAME PATH JOBS CONCURRENCY`. */
const [step, name, path, jobs, concurrency] = process.argv.slice(2);
const answer = await CONTENDERS[name][step](path, Number(jobs), Number(concurrency));
process.stdout.write(JSON.stringify(answer ?? null));
