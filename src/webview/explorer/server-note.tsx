import type { ServerIdentity } from '../../core/trace/record';

/** In the place of what a server cannot show. */
export function ServerGivesNone({ server, what }: { readonly server: ServerIdentity; readonly what: string }) {
  return (
    <div class="empty">
      <h2>A server gives no {what}</h2>
      <p>
        This run is what the server at {server.address} told: its tokens, how probable they were, and what it counted of
        its drafts. What happened inside the model stays there.
      </p>
      <p class="muted">Run the prompt with a model of this machine to look inside.</p>
    </div>
  );
}
