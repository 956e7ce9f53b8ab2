/** The words of each simple command in a piece of shell; those in `$(…)` are commands of their own. */
export function commandsOf(script: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) commands.at(-1)!.push(word);
    word = undefined;
  };
  for (let at = 0; at < script.length; at++) {
    const character = script[at]!;
    if (character === "#" && word === undefined) at = endOf(script, "\n", at) - 1;
    else if (character === "\\") {
      at += 1;
      if (script[at] !== "\n") word = (word ?? "") + script[at]!;
    } else if (character === "'") {
      const end = endOf(script, "'", at + 1);
      word = (word ?? "") + script.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      const end = endOf(script, '"', at + 1);
      word = (word ?? "") + withoutVariables(script.slice(at + 1, end));
      at = end;
    } else if (script.startsWith("$(", at)) {
      const end = endOf(script, ")", at);
      commands.unshift(...commandsOf(script.slice(at + 2, end)));
      word = `${word ?? ""}1`;
      at = end;
    } else if (character === "$") {
      const [variable = "$"] = VARIABLE.exec(script.slice(at)) ?? [];
      word = (word ?? "") + withoutVariables(variable);
      at += variable.length - 1;
    } else if (/[\n;&|]/.test(character)) {
      endWord();
      commands.push([]);
    } else if (/\s/.test(character)) endWord();
    else word = (word ?? "") + character;
  }
  endWord();
  return commands.filter((words) => words.length > 0);
}

const VARIABLE = /^\$(\w+|\{\w+\})/;

/** A variable stands for the number of a job, here. */
function withoutVariables(text: string): string {
  return text.replaceAll(/\$(\w+|\{\w+\})/g, "1");
}

function endOf(script: string, what: string, from: number): number {
  const end = script.indexOf(what, from);
  return end === -1 ? script.length : end;
}
