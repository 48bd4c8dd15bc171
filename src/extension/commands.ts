import * as vscode from 'vscode';
import type { Log } from './log';

export type Register = (id: string, action: (...args: unknown[]) => unknown) => vscode.Disposable;

/**
 * Registers commands that report their own problems and leave nothing half-done. Arguments come from menus, but also from
 * keybindings and other extensions: actions look at what they are given.
 */
export function commandsOf(log: Log): Register {
  return (id, action) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await action(...args);
      } catch (error) {
        // Whoever called is not kept waiting until the message is read.
        void log.show(id, error);
      }
    });
}
