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

interface Media {
  readonly image: Readonly<Record<string, string>>;
  readonly altText: string;
}

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

  it('leads from its welcome texts and its walkthrough to commands, views and pictures that are there', async () => {
    await extension().activate();
    const { contributes } = extension().packageJSON as {
      contributes: {
        viewsWelcome: { contents: string }[];
        walkthroughs: { steps: { description: string; media: Media; completionEvents?: string[] }[] }[];
        views: Record<string, { id: string }[]>;
      };
    };
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...steps.map((each) => each.description),
    ];
    const linked = texts.flatMap((text) => [...text.matchAll(/\(command:([^)?]+)/g)].map(([, id]) => id ?? ''));
    const ends = steps.flatMap(({ completionEvents }) => completionEvents ?? []);
    const registered = new Set(await vscode.commands.getCommands(true));
    const views = new Set(Object.values(contributes.views).flatMap((each) => each.map(({ id }) => id)));
    assert.ok(linked.length >= steps.length);
    assert.deepEqual(
      linked.filter((id) => !registered.has(id)),
      [],
    );
    for (const event of ends) {
      const [kind, id = ''] = event.split(':');
      assert.ok(kind === 'onCommand' ? registered.has(id) : kind === 'onView' && views.has(id), event);
    }
    for (const { media } of steps) {
      assert.match(media.altText, /^\w/);
      for (const image of Object.values(media.image)) {
        await vscode.workspace.fs.stat(vscode.Uri.joinPath(extension().extensionUri, image));
      }
    }
  });

  it('gives every setting a description, and every number a range that holds its default', () => {
    const { properties } = manifest().contributes.configuration as {
      properties: Record<
        string,
        {
          type: string;
          default: unknown;
          minimum?: number;
          maximum?: number;
          description?: string;
          markdownDescription?: string;
        }
      >;
    };
    for (const [name, { type, default: value, minimum, maximum, ...texts }] of Object.entries(properties)) {
      assert.ok((texts.description ?? texts.markdownDescription ?? '').length > 20, name);
      if (type !== 'number' && type !== 'integer') continue;
      assert.ok(minimum !== undefined && maximum !== undefined, name);
      assert.ok(minimum <= Number(value) && Number(value) <= maximum, name);
    }
  });
});
