import * as vscode from 'vscode';
import { tokenLabel } from '../../core/text/tokens';
import { Problem } from '../../protocol/errors';
import type { Register } from '../commands';
import type { ExplorerPanels } from '../explorer/panels';
import type { Colouring } from './colouring';
import type { ScoredSpan } from './scoring';
import type { SurprisalColours } from './surprisal';

/** Spans that the list of the most surprising shows. */
const LISTED = 200;

export function registerSurprisalCommands(
  colours: SurprisalColours,
  panels: ExplorerPanels,
  register: Register,
): vscode.Disposable[] {
  const coloured = (uri: unknown): Colouring => {
    const colouring = colours.of(editorOf(uri).document);
    if (colouring) return colouring;
    throw new Problem({
      code: 'not-available',
      message: vscode.l10n.t('This text is not coloured.'),
      action: vscode.l10n.t('Use "Vivarium: Colour by Surprisal" first.'),
    });
  };
  return [
    register('vivarium.colourBySurprisal', () => colours.show(editorOf())),
    register('vivarium.clearSurprisal', (uri) => colours.hide(editorOf(uri).document)),
    register('vivarium.exploreColoured', (uri) =>
      panels.open({ prompt: coloured(uri).text, maxNewTokens: 0 }, { run: true }),
    ),
    register('vivarium.listSurprising', (uri) => listSurprising(editorOf(uri), coloured(uri))),
  ];
}

/**
 * The editor that shows a document, as a lens names it, or else the one in front.
 * @throws Problem `not-available` where no text is being edited
 */
function editorOf(uri?: unknown): vscode.TextEditor {
  const named =
    uri instanceof vscode.Uri
      ? vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString())
      : undefined;
  const editor = named ?? vscode.window.activeTextEditor;
  if (editor) return editor;
  throw new Problem({
    code: 'not-available',
    message: vscode.l10n.t('No text editor is open.'),
    action: vscode.l10n.t('Open a text, and try again.'),
  });
}

/** The colours in words: the most surprising tokens, best known by keyboard and screen reader. */
async function listSurprising(editor: vscode.TextEditor, colouring: Colouring): Promise<void> {
  const spans = [...(colouring.scored?.spans ?? [])]
    .filter(({ surprisal }) => surprisal !== null)
    .sort((a, b) => (b.surprisal ?? 0) - (a.surprisal ?? 0))
    .slice(0, LISTED);
  const before = editor.selection;
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly span: ScoredSpan }>();
  pick.title = vscode.l10n.t('The most surprising tokens');
  pick.placeholder = vscode.l10n.t('Choose one to go there');
  pick.matchOnDescription = true;
  pick.items = spans.map((span) => {
    const [token] = span.tokens;
    const { line, character } = colouring.rangeOf(span).start;
    const likelier = token?.judgement?.top[0];
    return {
      label: span.tokens.map(({ text }) => tokenLabel(text)).join(''),
      description: vscode.l10n.t('{0} bits', (span.surprisal ?? 0).toFixed(2)),
      detail: [
        vscode.l10n.t('line {0}, column {1}', line + 1, character + 1),
        token?.judgement ? vscode.l10n.t('rank {0}', token.judgement.rank) : '',
        likelier && likelier.id !== token?.id ? vscode.l10n.t('expected {0}', tokenLabel(likelier.text)) : '',
      ]
        .filter((part) => part !== '')
        .join(' · '),
      span,
    };
  });
  const goTo = (span: ScoredSpan): void => {
    const range = colouring.rangeOf(span);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  };
  const accepted = await new Promise<boolean>((resolve) => {
    pick.onDidChangeActive(([item]) => item && goTo(item.span));
    pick.onDidAccept(() => resolve(true));
    pick.onDidHide(() => resolve(false));
    pick.show();
  });
  pick.dispose();
  if (!accepted) editor.selection = before;
}
