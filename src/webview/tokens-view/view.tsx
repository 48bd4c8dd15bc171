import { useLayoutEffect, useState } from 'preact/hooks';
import type { TokensAction, TokensShown } from '../../protocol/tokensView';
import { Dropdown } from '../ui/dropdown';
import { Distribution } from './distribution';
import type { TokensLink } from './link';
import '../components/page.css';
import '../ui/plain-button.css';
import './tokens-view.css';

/** What would follow the text before the cursor, or why nothing is shown and what to do. */
export function TokensView({ link }: { readonly link: TokensLink }) {
  const [, render] = useState(0);
  // At once: the first answer may come before the page is painted.
  useLayoutEffect(() => link.subscribe(() => render((times) => times + 1)), [link]);
  const { snapshot } = link;
  if (!snapshot) return null;
  const { shown, busy, models, model, missing } = snapshot;
  return (
    <main class="next" aria-busy={busy} aria-label="Tokens">
      <i class={busy ? 'next-busy next-busy-on' : 'next-busy'} aria-hidden="true" />
      {missing !== null && (
        <p class="next-note" role="status">
          There is no model named {missing}
          {model === null ? '' : `: ${model} is asked in its place`}. The setting vivarium.editor.model names it.
        </p>
      )}
      {shown.state === 'ready' ? (
        <Distribution next={shown.next} busy={busy} link={link} />
      ) : (
        <Empty shown={shown} act={(action) => void link.api.call('act', { action })} />
      )}
      {models.length > 1 && (
        <label class="next-model">
          <span class="muted">Model</span>
          <Dropdown
            label="Model that reads the text"
            value={model ?? ''}
            options={models.map((name) => ({ value: name, text: name }))}
            onChange={(name) => void link.api.call('chooseModel', { name })}
          />
        </label>
      )}
    </main>
  );
}

interface EmptyProps {
  readonly shown: Exclude<TokensShown, { state: 'ready' }>;
  readonly act: (action: TokensAction) => void;
}

function Empty({ shown, act }: EmptyProps) {
  const button = (action: TokensAction, text: string) => (
    <button type="button" class="plain-button next-button" key={action} onClick={() => act(action)}>
      {text}
    </button>
  );
  switch (shown.state) {
    case 'waiting':
      return <p class="next-empty muted">Reading the text before the cursor…</p>;
    case 'no-editor':
      return (
        <div class="next-empty">
          <p>Open a text to see what a model expects at the cursor.</p>
          {button('openFile', 'Open File…')}
          {button('newText', 'New Text')}
        </div>
      );
    case 'no-text':
      return (
        <div class="next-empty">
          <p>Nothing stands before the cursor. Type a few words, or move the cursor behind some.</p>
        </div>
      );
    case 'no-model':
      return (
        <div class="next-empty">
          <p>There is no text model with a tokenizer that could go on with this text.</p>
          {shown.trusted ? null : <p>Models of this workspace and added folders are used once you trust it.</p>}
          {shown.trusted
            ? button('addModelFolder', 'Add Model Folder…')
            : button('manageTrust', 'Manage Workspace Trust')}
        </div>
      );
    case 'problem':
      return (
        <div class="next-empty" role="status">
          <p>{[shown.problem.message, shown.problem.action].filter(Boolean).join(' ')}</p>
          {button('showLog', 'Show Log')}
        </div>
      );
  }
}
