import type { Told } from "./child/telling.js";
import type { Mark } from "./mark.js";
import type { Report } from "./messages.js";
import { OutputSection, type Running } from "./output-section.js";
import { isTold } from "./pass-on-told.js";
import { Separator } from "./separator.js";

/** The streams that a child process writes to. */
export type StandardStream = "stdout" | "stderr";

/** Whose output it is can usually be told after this time, if no separator has told it. */
const SETTLES_MS = 20;

/** A separator that a child has written, and that does not come, is waited for so long. */
const PATIENCE_MS = 1_000;

export interface Attributed {
  report(report: Exclude<Report, Told>): void;
  told(told: Told, n: number): void;
  /** `n` may be an attempt of a child before, for what comes before the first of this one. */
  output(stream: StandardStream, bytes: Buffer, n: number): void;
}

/**
 * Tells which attempt wrote what. Output and reports come from a child through different pipes, so
 * that an end may be heard of before the last words. A child therefore writes a separator into its
 * streams when an attempt that may have written something ends, and says so in its report, which is
 * kept back until the separators have come.
 */
export class Attribution {
  readonly #passOn: Attributed;
  readonly #sections: Readonly<Record<StandardStream, OutputSection>>;
  readonly #mark: Pick<Mark, "begun">;
  /** Attempts that were sent to the child and are not known to have ended, oldest first. */
  #sent: number[] = [];
  #reports: Report[] = [];
  #settling: NodeJS.Timeout | undefined;
  #impatience: NodeJS.Timeout | undefined;

  constructor(token: string, mark: Pick<Mark, "begun">, passOn: Attributed) {
    const separator = new Separator(token);
    const section = (stream: StandardStream) =>
      new OutputSection(
        separator,
        () => this.#running(),
        (bytes, n) => passOn.output(stream, bytes, n),
      );
    this.#mark = mark;
    this.#passOn = passOn;
    this.#sections = { stdout: section("stdout"), stderr: section("stderr") };
  }

  /** These attempts are on their way to the child. */
  sent(numbers: readonly number[]): void {
    this.#sent.push(...numbers);
  }

  receive(stream: StandardStream, bytes: Buffer): void {
    const section = this.#sections[stream];
    section.receive(bytes);
    if (this.#reports.length > 0) this.#release();
    if (section.isOpen) this.#settleLater();
  }

  /** Passes the report on as soon as all output that belongs before it has been. */
  report(report: Report): void {
    if (this.#reports.length === 0 && this.isComplete(report)) {
      this.#passOnReport(report);
      return;
    }
    this.#reports.push(report);
    if (this.#reports.length === 1) this.#wait();
  }

  /** False while a separator is missing that was written before this report. */
  isComplete(report: Report): boolean {
    if (report.type !== "ended" || report.cut === undefined) return true;
    return report.cut.every((stream) => this.#sections[stream].hasPassed(report.n));
  }

  /** Nothing more will come through that stream. */
  closed(stream: StandardStream): void {
    this.#sections[stream].close();
    this.#release();
  }

  /** The child is gone: passes on all that was kept back. */
  end(): void {
    for (const section of Object.values(this.#sections)) section.close();
    this.#release();
    clearTimeout(this.#settling);
  }

  #release(): void {
    for (let next = this.#reports[0]; next !== undefined; next = this.#reports[0]) {
      if (!this.isComplete(next)) return;
      clearTimeout(this.#impatience);
      this.#reports.shift();
      this.#passOnReport(next);
      if (this.#reports.length > 0) this.#wait();
    }
  }

  /** However much comes meanwhile, the first report is not kept back for longer. */
  #wait(): void {
    this.#impatience = setTimeout(() => this.#giveUp(), PATIENCE_MS);
  }

  #passOnReport(report: Report): void {
    if (report.type === "ended" || report.type === "skipped") this.#ended(report.n);
    if (isTold(report)) this.#passOn.told(report, report.n);
    else this.#passOn.report(report);
  }

  #running(): Running {
    const { n } = this.#mark.begun();
    return { n, isAlone: n === 0 || n === this.#sent[0] };
  }

  #ended(n: number): void {
    while (this.#sent.length > 0 && this.#sent[0]! <= n) this.#sent.shift();
    this.#sections.stdout.ended(n);
    this.#sections.stderr.ended(n);
  }

  /** Somebody has closed the stream, or writes to another one under its number. */
  #giveUp(): void {
    const report = this.#reports[0];
    if (report?.type !== "ended") return;
    for (const stream of report.cut ?? []) this.#sections[stream].giveUp(report.n);
    this.#release();
  }

  /** A separator that was there in time is read before the immediate. */
  #settleLater(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      const open = Object.values(this.#sections).map((section) => section.settle());
      setImmediate(() => {
        for (const settle of open) settle();
        if (Object.values(this.#sections).some((section) => section.isOpen)) this.#settleLater();
      });
    }, SETTLES_MS);
  }
}
