import * as vscode from 'vscode';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { freshSettings } from './settings';

/** The controls of a fresh Explorer, from the user's settings. */
export function defaultSettings(): ExplorerSettings {
  const settings = vscode.workspace.getConfiguration('vivarium.explorer');
  return freshSettings({ temperature: settings.get('temperature'), maxNewTokens: settings.get('maxNewTokens') });
}
