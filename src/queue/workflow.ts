import type { Job, JobRules } from "../job/job.js";
import type { JobFunction } from "../job/job-context.js";
import { kindOf } from "../job/kind-of.js";
import { taskMarkOf } from "../job/task-mark.js";
import { refuseCycles } from "../storage/order.js";
import type { JobQueue } from "./job-queue.js";
import type { Task, TaskArguments } from "./task.js";

/** What a job of a workflow waits for. */
export interface StepOptions {
  /** Must complete before this one runs. They may be in the workflow, or in the queue already. */
  dependsOn?: Job | readonly Job[] | undefined;
}

/** The rules for one step that is a task. */
export interface TaskStepOptions<Params extends object = object>
  extends StepOptions,
    Omit<JobRules, "dependencies"> {
  /** What the task is called with. */
  params?: Params;
}

/** Params may be left out where the task does not insist on any. */
export type TaskStepArguments<Params extends object> =
  TaskArguments<Params> extends [params: Params, ...rest: unknown[]]
    ? [options: TaskStepOptions<Params> & { params: Params }]
    : [options?: TaskStepOptions<Params>];

/** Jobs that depend on each other, and are submitted together: all of them or none. */
export class Workflow {
  /** For people. */
  readonly name: string;
  readonly #jobs = new Set<Job>();

  /** `name` is for people, and stands in errors; it is not stored. */
  constructor(name: string) {
    this.name = name;
  }

  /** The jobs, in the order in which they were added. */
  get jobs(): readonly Job[] {
    return [...this.#jobs];
  }

  /**
   * Adds a job, and answers it. One that is there already gets more to wait for. Throws a
   * `TypeError` for what is no job, and for an unknown option.
   */
  addJob<J extends Job>(job: J, options: StepOptions = {}): J {
    const { dependsOn = [], ...others } = options;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw new TypeError(
        `${this.name}: addJob has no option "${unknown}". It has: dependsOn; all else is said of the job`,
      );
    }
    const parents = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
    const stranger = [job, ...parents].find((one) => !isJob(one));
    if (stranger !== undefined) {
      throw new TypeError(
        `${this.name}: ${kindOf(stranger)} is no job. Give what addJob, addTask or toJob answered`,
      );
    }
    this.#jobs.add(job.dependOn(...parents) as J);
    return job;
  }

  /** Adds a job that calls a task, and answers it. Throws a `TypeError` for what is no task. */
  addTask<F extends JobFunction, Params extends object>(
    task: Task<F, Params>,
    ...[options]: TaskStepArguments<Params>
  ): Job {
    if (taskMarkOf(task) === undefined) {
      throw new TypeError(
        `${this.name}: ${kindOf(task)} is no task. Make it one with task(import.meta.url, fn), or add a Job with addJob`,
      );
    }
    const { params, dependsOn, ...rules } = (options ?? {}) as TaskStepOptions;
    const toJob = task.toJob as (params?: object, rules?: JobRules) => Job;
    return this.addJob(toJob(params, rules), { dependsOn });
  }

  /**
   * Throws `cycle`, with their names, when jobs of the workflow wait for each other; `submitAll`
   * does so by itself.
   */
  check(): void {
    refuseCycles(this.jobs.map((job) => job.spec));
  }

  /**
   * Submits all jobs in one transaction, and answers their ids in the order in which the jobs were
   * added. Rejects with `cycle`, which names the jobs that wait for each other, with
   * `unknown-parent`, or as a task's `submit` does; then none is stored.
   */
  async submitAll(queue: JobQueue): Promise<string[]> {
    return queue.submitAll(this.jobs);
  }
}

/** Also one of another copy of gigq, of which it is no instance. */
function isJob(value: unknown): value is Job {
  const { id, spec, dependOn } = (value ?? {}) as Partial<Job>;
  return typeof id === "string" && typeof spec === "object" && typeof dependOn === "function";
}
