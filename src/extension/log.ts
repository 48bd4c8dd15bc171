import * as vscode from 'vscode';
import { Problem } from '../protocol/errors';

/** The one output channel. Details of every problem go here; people see its sentence and can ask for the rest. */
export class Log implements vscode.Disposable {
  readonly channel = vscode.window.createOutputChannel('Vivarium', { log: true });

  /** Writes a problem with its details. Cancellation is no problem and is not written. */
  problem(where: string, error: unknown): Problem {
    const problem = Problem.from(error);
    if (problem.code !== 'cancelled') {
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
    this.channel.dispose();
  }
}
