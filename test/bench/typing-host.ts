/** Runs inside the extension host of VS Code while keys are typed in its window: what held up the host's loop, and who. */
import * as fs from 'node:fs';
import * as inspector from 'node:inspector';
import * as path from 'node:path';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { HostTimes, Stretch, TypingPlan } from './typing';

/** Microseconds from one sample of the profile to the next. */
const SAMPLING = 250;
const MOST_DELTA = 4 * SAMPLING;

export async function run(): Promise<void> {
  const folder = process.env['VIVARIUM_TYPING']!;
  const plan = JSON.parse(fs.readFileSync(path.join(folder, 'plan.json'), 'utf8')) as TypingPlan;
  const tell = (name: string, value: unknown): void => {
    fs.writeFileSync(path.join(folder, `${name}.part`), JSON.stringify(value));
    fs.renameSync(path.join(folder, `${name}.part`), path.join(folder, name));
  };
  const asked = async (name: string): Promise<void> => {
    while (!fs.existsSync(path.join(folder, name))) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, plan.file);
  const editor = await vscode.window.showTextDocument(file);
  for (const view of plan.views) await vscode.commands.executeCommand(`${view}.focus`);
  await vscode.window.showTextDocument(file);
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  tell('ready', {});
  await asked('begin');

  const session = new inspector.Session();
  session.connect();
  const post = <T>(method: string, params: object = {}): Promise<T> =>
    new Promise((resolve, reject) =>
      session.post(method, params, (error, result) => (error ? reject(error) : resolve(result as T))),
    );
  await post('Profiler.enable');
  await post('Profiler.setSamplingInterval', { interval: SAMPLING });
  let collected = 0;
  let longestCollection = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      collected++;
      longestCollection = Math.max(longestCollection, duration);
    }
  });
  collections.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await post('Profiler.start');
  delay.enable();
  tell('begun', {});
  await asked('end');
  delay.disable();
  const { profile } = await post<{ profile: inspector.Profiler.Profile }>('Profiler.stop');
  // What is left of the queue is told now.
  await new Promise((resolve) => setTimeout(resolve, 100));
  collections.disconnect();
  const times: HostTimes = {
    longestDelay: delay.max / 1e6,
    collections: collected,
    longestCollection,
    ...stretches(profile, plan.ours),
  };
  tell('times', times);
}

/** Whose code ran when the loop was held up: of this extension, or of anybody, in milliseconds without a pause between. */
function stretches(
  { nodes, samples = [], timeDeltas = [] }: inspector.Profiler.Profile,
  ours: string,
): Pick<HostTimes, 'longestOurs' | 'ours' | 'longestOthers' | 'others'> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const whose = new Map<number, 'ours' | 'others' | 'idle'>();
  const ofNode = (id: number): 'ours' | 'others' | 'idle' => {
    const known = whose.get(id);
    if (known) return known;
    const { functionName, url } = byId.get(id)!.callFrame;
    const parent = parents.get(id);
    const own: 'ours' | 'others' | 'idle' = url.includes(ours)
      ? 'ours'
      : functionName === '(idle)' || functionName === '(program)' || functionName === '(root)'
        ? 'idle'
        : parent === undefined
          ? 'others'
          : ofNode(parent) === 'ours'
            ? 'ours'
            : 'others';
    whose.set(id, own);
    return own;
  };
  const longest = { ours: 0, others: 0 };
  const sum = { ours: 0, others: 0 };
  const where = { ours: new Map<string, number>(), others: new Map<string, number>() };
  let [current, length]: ['ours' | 'others' | 'idle', number] = ['idle', 0];
  let stretch = new Map<string, number>();
  samples.forEach((id, at) => {
    // A delta is the time since the sample before: what was running then. A sample that comes late says that the process
    // was not run: other work of the machine is nobody's here.
    const milliseconds = Math.min(timeDeltas[at + 1] ?? SAMPLING, MOST_DELTA) / 1000;
    const next = ofNode(id);
    if (next !== current) {
      [current, length] = [next, 0];
      stretch = new Map();
    }
    length += milliseconds;
    if (current === 'idle') return;
    sum[current] += milliseconds;
    const { functionName, url } = byId.get(id)!.callFrame;
    const name = `${functionName} ${url.slice(url.lastIndexOf('/') + 1)}`;
    stretch.set(name, (stretch.get(name) ?? 0) + milliseconds);
    if (length <= longest[current]) return;
    longest[current] = length;
    where[current] = new Map(stretch);
  });
  const longestOf = (who: 'ours' | 'others'): Stretch => ({
    milliseconds: longest[who],
    mostly: [...where[who]].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '',
  });
  return { longestOurs: longestOf('ours'), ours: sum.ours, longestOthers: longestOf('others'), others: sum.others };
}
