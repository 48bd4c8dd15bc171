import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { readRunResult, RESULT_MIME } from '../../../src/core/notebook/result';
import { closeAllTabs, eventually } from './workbench';

const LANGUAGE = 'vivarium-prompt';
const WORDS = [' there', ' was', ' light'];

/** A server that speaks as OpenAI's: three words, each with its probability and one that was less likely. */
async function openAiServer(asked: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ data: [{ id: 'tiny', owned_by: 'nobody' }] }));
      return;
    }
    if (request.url !== '/v1/completions') {
      response.writeHead(404).end('{}');
      return;
    }
    void (async () => {
      const body = JSON.parse((await request.toArray()).join('')) as { stream?: boolean; logprobs: number };
      const choices = WORDS.map((word, at) => ({
        text: word,
        logprobs: { tokens: [word], token_logprobs: [-0.5], top_logprobs: [{ [word]: -0.5, ' no': -2 }] },
        finish_reason: at === WORDS.length - 1 ? 'length' : null,
      }));
      if (body.logprobs > 5) response.writeHead(400).end('{"error":{"message":"logprobs: at most 5"}}');
      else if (body.stream !== true) response.end(JSON.stringify({ choices: choices.slice(0, 1) }));
      else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const choice of choices) response.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
        response.end('data: [DONE]\n\n');
      }
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('servers', () => {
  const asked: string[] = [];
  let server: Server;
  let address: string;
  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('vivarium');

  before(async () => {
    server = await openAiServer(asked);
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const _ of vscode.workspace.notebookDocuments) {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await closeAllTabs();
  });
  after(async () => {
    await settings().update('servers', undefined, vscode.ConfigurationTarget.Global);
    server.closeAllConnections();
    server.close();
  });

  async function run(text: string): Promise<vscode.NotebookCell> {
    const cells = [new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, LANGUAGE)];
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.execute');
    const cell = notebook.cellAt(0);
    await eventually('the cell to end', () => (cell.executionSummary?.timing ? true : undefined));
    return cell;
  }

  const outputs = (cell: vscode.NotebookCell): string =>
    cell.outputs.flatMap(({ items }) => items.map((item) => new TextDecoder().decode(item.data))).join('\n');

  it('of the settings are asked nothing before they run; a cell names a model of one and keeps what it told', async () => {
    const entries = [{ address: `${address}/v1/`, model: 'tiny' }, { address: 'ftp://nowhere', model: 'x' }, 7];
    await settings().update('servers', entries, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('vivarium.models.focus');
    assert.equal(asked.length, 0);
    const cell = await run('model: tiny\nmax-new: 3\n\nIn the beginning');
    assert.equal(cell.executionSummary?.success, true, outputs(cell));
    const item = cell.outputs.flatMap(({ items }) => items).find(({ mime }) => mime === RESULT_MIME);
    const { trace } = readRunResult(JSON.parse(new TextDecoder().decode(item?.data)));
    assert.deepEqual(
      trace.tokens.map(({ text }) => text),
      WORDS,
    );
    assert.equal(trace.header.model.server?.address, address);
    const { judgement } = trace.tokens[0]!;
    assert.ok(Math.abs((judgement?.probability ?? 0) - Math.exp(-0.5)) < 1e-9);
    assert.ok((judgement?.partial?.outside ?? 0) > 0);
    assert.ok(asked.includes('/v1/completions'));
  });

  it('decode by themselves and show no attention: a cell that wants either is told so', async () => {
    for (const [wanted, told] of [
      ['decoder: prompt-lookup', /decodes by itself/],
      ['show: attention', /cannot show attention/],
    ] as const) {
      const cell = await run(`model: tiny\n${wanted}\n\nIn the beginning`);
      assert.equal(cell.executionSummary?.success, false);
      assert.match(outputs(cell), told);
    }
  });

  it('that cannot be reached are one sentence in the cell', async () => {
    const gone = { address: 'http://127.0.0.1:9', model: 'gone' };
    await settings().update('servers', [gone], vscode.ConfigurationTarget.Global);
    const cell = await run('model: gone\n\nIn the beginning');
    assert.equal(cell.executionSummary?.success, false);
    assert.match(outputs(cell), /127\.0\.0\.1:9/);
  });
});
