import * as vscode from 'vscode';
import { Problem } from '../protocol/errors';

/** The one output channel. Details of every problem go here; people see its sentence and can ask for the rest. */
export class Log implements vscode.Disposable {
  readonly channel = vscode.window.createOutputChannel('Vivarium', { log: true });
  private disposed = false;

  /** Writes a problem with its details. Cancellation is no problem and is not written. */
  problem(where: string, error: unknown): Problem {
    const problem = Problem.from(error);
    // What was under way when the extension ended is answered later, and the channel refuses to be written to.
    if (problem.code !== 'cancelled' && !this.disposed) {
      this.channel.error(
        `${where}: ${problem.message} [${problem.code}]${problem.details ? `\n${problem.details}` : ''}`,
      );
    }
    return problem;
  }

  /** Shows a problem's sentence as a message with "Show Log"; for commands that have no view of their own. */
  async show(where: string, error: unknown): Promise<void> {
    const problem = this.problem(where, error);
    if (problem.code === 'cancelled') return;
    const showLog = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showErrorMessage(
      [problem.message, problem.action].filter(Boolean).join(' '),
      showLog,
    );
    if (chosen === showLog) this.channel.show();
  }

  dispose(): void {
    this.disposed = true;
    this.channel.dispose();
  }
}
