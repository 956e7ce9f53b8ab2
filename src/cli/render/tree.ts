import type { JobFamily, JobSummary } from "../../index.js";
import { cutToWidth, displayWidth } from "./display-width.js";
import { type TreeNode, treesOf } from "./family-tree.js";
import { renderName, renderStanding } from "./job-line.js";
import { firstLine, plainLine } from "./plain.js";
import type { Theme } from "./theme.js";
import { renderCount } from "./time.js";

/** Of jobs side by side that differ in numbers only, so many are shown when there are more than that and one. */
const SHOWN = 2;

/** Of jobs that are only mentioned, so many are named. */
const NAMED = 2;

/** No line begins further to the right than a third of the width, or this. */
const DEEPEST = 60;

/**
 * A job with its ancestors above and its descendants below, each once in full. What has one
 * successor only goes on in the same column, so that a chain does not leave the screen.
 */
export function renderTree(family: JobFamily, theme: Theme, nowMs: number): string {
  const tree = new Tree(family, theme, nowMs);
  const lines = tree.draw();
  if (family.truncated) {
    lines.push(theme.dim(`Only the nearest ${renderCount(family.jobs.length)} jobs are shown`));
  }
  return lines.join("\n");
}

/** What is drawn in one place among siblings: a job, or a word about several. */
type Item = TreeNode | { readonly more: readonly TreeNode[] };

class Tree {
  readonly #family: JobFamily;
  readonly #theme: Theme;
  readonly #nowMs: number;
  readonly #byId: ReadonlyMap<string, JobSummary>;
  readonly #deepest: number;
  readonly #lines: string[] = [];
  /** Nodes too far to the right for what is below them. */
  readonly #putOff: TreeNode[] = [];

  constructor(family: JobFamily, theme: Theme, nowMs: number) {
    this.#family = family;
    this.#theme = theme;
    this.#nowMs = nowMs;
    this.#byId = new Map(family.jobs.map((job) => [job.id, job]));
    this.#deepest = theme.width === undefined ? DEEPEST : Math.floor(theme.width / 3);
  }

  draw(): string[] {
    for (const item of gathered(treesOf(this.#family))) this.#item(item, "", "", "");
    for (let node = this.#putOff.shift(); node !== undefined; node = this.#putOff.shift()) {
      this.#line("", [`⋯ below ${nameOf(node)}:`, this.#theme.dim]);
      this.#siblings(node.children, "");
    }
    return this.#lines;
  }

  #siblings(nodes: readonly TreeNode[], indent: string): void {
    const items = gathered(nodes);
    for (const [index, item] of items.entries()) {
      const isLast = index === items.length - 1;
      this.#item(item, indent, isLast ? "└─ " : "├─ ", isLast ? "   " : "│  ");
    }
  }

  #item(item: Item, indent: string, branch: string, trunk: string): void {
    if ("more" in item) {
      this.#more(item.more, indent + branch);
      return;
    }
    // A chain goes on in its column; no recursion, for it may be long.
    let lead = indent + branch;
    let node = item;
    while (node.children.length === 1) {
      this.#node(node, lead);
      lead = `${indent}${trunk}↓ `;
      node = node.children[0]!;
    }
    const below = indent + trunk;
    const fits = node.children.length === 0 || below.length + 3 <= this.#deepest;
    this.#node(node, lead, fits ? "" : "  ⋯");
    if (fits) this.#siblings(node.children, below);
    else this.#putOff.push(node);
  }

  #node(node: TreeNode, lead: string, end = ""): void {
    const { job, id } = node;
    const { bold, dim, status } = this.#theme;
    if (job === undefined) {
      this.#line(lead, [id, same], ["  cleared", dim], [mentioned(node) + end, dim]);
      return;
    }
    const isAskedFor = id === this.#family.id;
    const error = job.error === null || job.status === "pending" ? "" : `: ${firstLine(job.error)}`;
    this.#line(
      lead,
      [renderName(job), isAskedFor ? bold : same],
      [isAskedFor ? " ◀" : "", bold],
      [`  ${this.#standing(job)}`, status[job.status]],
      [error, dim],
      [mentioned(node) + end, dim],
    );
  }

  #more(nodes: readonly TreeNode[], lead: string): void {
    const { job } = nodes[0]!;
    const { job: last, below } = nodes.at(-1)!;
    const count = `… ${renderCount(nodes.length)} more`;
    const name = job === undefined ? "" : ` ${plainLine(job.name)}`;
    const state = job === undefined ? "cleared" : job.status;
    const paint = job === undefined ? this.#theme.dim : this.#theme.status[job.status];
    const range = job === undefined ? "" : ` (#${job.seq} to #${last!.seq})`;
    const each = below === 0 ? "" : `, with ${renderCount(below)} below each`;
    this.#line(
      lead,
      [`${count}${name}, `, same],
      [state, paint],
      [range + each + mentioned(nodes[0]!), this.#theme.dim],
    );
  }

  #standing(job: JobSummary): string {
    if (job.status !== "pending" || job.waitingOn === 0) return renderStanding(job, this.#nowMs);
    const waitedFor = [...new Set(job.dependencies)]
      .map((id) => this.#byId.get(id))
      .filter((parent) => parent !== undefined && !isEnough(parent, job))
      .map((parent) => nameInState(parent!));
    return `pending, waits for ${someOf(waitedFor, job.waitingOn)}`;
  }

  /** What does not fit is cut; colours come after that. */
  #line(lead: string, ...parts: [text: string, paint: (text: string) => string][]): void {
    const { width, dim } = this.#theme;
    let left = width === undefined ? Number.POSITIVE_INFINITY : width - displayWidth(lead);
    let line = lead === "" ? "" : dim(lead);
    for (const [text, paint] of parts) {
      const cut = cutToWidth(text, left);
      left -= displayWidth(cut);
      if (cut !== "") line += paint(cut);
      if (cut !== text) break;
    }
    this.#lines.push(line.trimEnd());
  }
}

const same = (text: string) => text;

/** Puts siblings of the same shape together, where the first of them is, and most of many into one item. */
function gathered(nodes: readonly TreeNode[]): Item[] {
  const byShape = new Map<number, TreeNode[]>();
  for (const node of nodes) {
    const alike = byShape.get(node.shape);
    if (alike === undefined) byShape.set(node.shape, [node]);
    else alike.push(node);
  }
  return [...byShape.values()].flatMap((alike): Item[] =>
    alike.length <= SHOWN + 1 ? alike : [...alike.slice(0, SHOWN), { more: alike.slice(SHOWN) }],
  );
}

function nameOf({ job, id }: TreeNode): string {
  return job === undefined ? id : renderName(job);
}

/** That what is waited for is pending itself goes without saying. */
function nameInState(job: JobSummary): string {
  return job.status === "pending" ? renderName(job) : `${renderName(job)} (${job.status})`;
}

function mentioned({ mentions }: TreeNode): string {
  return mentions.length === 0 ? "" : `  → ${someOf(mentions.map(renderName), mentions.length)}`;
}

/** The first names, and how many there are besides. */
function someOf(names: readonly string[], total: number): string {
  const named = names.slice(0, total <= NAMED + 1 ? total : NAMED);
  const more = total - named.length;
  if (named.length === 0) return total === 1 ? "1 parent" : `${renderCount(total)} parents`;
  if (more > 0) return `${named.join(", ")} and ${renderCount(more)} more`;
  return named.length === 1 ? named[0]! : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}

/** A parent that a pending job does not wait for any more. */
function isEnough(parent: JobSummary, child: JobSummary): boolean {
  if (parent.status === "completed") return true;
  const isOver = parent.status !== "pending" && parent.status !== "running";
  return isOver && child.onParentFailure === "run";
}
