import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly activationEvents?: readonly string[];
  readonly engines: { readonly vscode: string };
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('vivarium.vivarium');
  assert.ok(found, 'VS Code does not know the extension');
  return found;
}

const manifest = (): Manifest => extension().packageJSON as Manifest;

describe('activation', () => {
  it('waits for a contribution: no star and no event of its own', () => {
    assert.deepEqual(
      (manifest().activationEvents ?? []).filter((event) => event === '*' || event === 'onStartupFinished'),
      [],
    );
  });

  it('succeeds and registers every command of the manifest', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest()
      .contributes.commands.map(({ command }) => command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('leaves every setting at the default that the manifest gives', () => {
    for (const [name, { default: value }] of Object.entries(manifest().contributes.configuration.properties)) {
      assert.deepEqual(vscode.workspace.getConfiguration().get(name), value, name);
    }
  });
});
