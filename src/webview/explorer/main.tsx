import { render } from 'preact';
import { Explorer } from './explorer';
import { acquireHost } from '../host';
import { ExplorerSession } from './session';

const session = new ExplorerSession(acquireHost());

window.addEventListener('message', (event: MessageEvent<unknown>) => session.receive(event.data));
window.addEventListener('pagehide', () => session.flush());
document.addEventListener('visibilitychange', () => {
  // A page that was hidden may have missed what the host said meanwhile.
  if (document.visibilityState === 'visible') void session.open();
  else session.flush();
});

render(<Explorer session={session} />, document.getElementById('root') ?? document.body);
void session.open();
