import * as vscode from 'vscode';
import type { Register } from '../commands';

/** Behind `vivarium.running`: whether there is anything to show or stop. */
const CONTEXT_KEY = 'vivarium.running';
/** A run that is over sooner never moves the status bar. */
const PATIENCE_MILLISECONDS = 300;

/** Something under way that can be gone to and stopped. */
export interface Running {
  /** What runs, in a few words: a model, a notebook and its cell. */
  readonly label: string;
  show(): unknown;
  stop(): unknown;
}

/** What runs now, in the status bar while anything does; a click shows or stops it. */
export class RunningStatus implements vscode.Disposable {
  private readonly under = new Set<Running>();
  private item: vscode.StatusBarItem | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly command: vscode.Disposable;

  constructor(register: Register) {
    this.command = register('vivarium.showRunning', () => this.choose());
  }

  /** What runs, in the order of the starts. */
  get running(): readonly Running[] {
    return [...this.under];
  }

  /** The text of the item; undefined where there is none. */
  get text(): string | undefined {
    return this.item?.text;
  }

  /** Something has begun. @returns what is to be disposed of at its end, once or more often. */
  begin(running: Running): vscode.Disposable {
    this.under.add(running);
    this.changed();
    return new vscode.Disposable(() => {
      if (this.under.delete(running)) this.changed();
    });
  }

  dispose(): void {
    this.under.clear();
    this.remove();
    this.command.dispose();
  }

  private changed(): void {
    const [first] = this.under;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, first !== undefined);
    if (!first) return this.remove();
    if (this.item) return this.draw();
    this.timer ??= setTimeout(() => this.draw(), PATIENCE_MILLISECONDS);
  }

  private draw(): void {
    const labels = this.running.map(({ label }) => label);
    this.item ??= vscode.window.createStatusBarItem('vivarium.running', vscode.StatusBarAlignment.Left, 10);
    const text = labels.length === 1 ? (labels[0] ?? '') : vscode.l10n.t('{0} runs', labels.length);
    this.item.name = vscode.l10n.t('Vivarium: What Runs');
    this.item.command = 'vivarium.showRunning';
    this.item.text = `$(loading~spin) ${withoutIcons(text)}`;
    this.item.tooltip = vscode.l10n.t('Vivarium runs: {0}. Click to show or stop.', labels.join(', '));
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Vivarium runs: {0}. Activate to show or stop.', labels.join(', ')),
      role: 'button',
    };
    this.item.show();
  }

  private remove(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.item?.dispose();
    this.item = undefined;
  }

  private async choose(): Promise<void> {
    const items = this.running.flatMap((running) => [
      { label: `$(go-to-file) ${vscode.l10n.t('Show')}`, description: running.label, running, stop: false },
      { label: `$(debug-stop) ${vscode.l10n.t('Stop')}`, description: running.label, running, stop: true },
    ]);
    if (items.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing runs now.'));
      return;
    }
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('What Vivarium runs'),
      placeHolder: vscode.l10n.t('Show or stop'),
      matchOnDescription: true,
    });
    // It may have ended while the list was open: there is nothing to stop then, but still something to show.
    if (!chosen || (chosen.stop && !this.under.has(chosen.running))) return;
    await (chosen.stop ? chosen.running.stop() : chosen.running.show());
  }
}

/** A name is anyone's word: `$(…)` in it is text here, not an icon. */
function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}
