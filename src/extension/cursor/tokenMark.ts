import * as vscode from 'vscode';

/** A frame around one token of a text, where a view names it: the cursor stays where it is. */
export class TokenMark implements vscode.Disposable {
  /** Made with the first token that is marked. */
  private type: vscode.TextEditorDecorationType | undefined;
  private editor: vscode.TextEditor | undefined;

  show(editor: vscode.TextEditor, range: vscode.Range, scroll = true): void {
    this.type ??= vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
      border: '1px solid',
      borderColor: new vscode.ThemeColor('focusBorder'),
      overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    });
    if (this.editor !== editor) this.clear();
    this.editor = editor;
    editor.setDecorations(this.type, [range]);
    if (scroll) editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  clear(): void {
    if (this.type) this.editor?.setDecorations(this.type, []);
    this.editor = undefined;
  }

  dispose(): void {
    this.type?.dispose();
  }
}
