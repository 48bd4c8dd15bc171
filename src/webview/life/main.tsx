import { render } from 'preact';
import { acquireHost } from '../host';
import { LifeEditor } from './editor';
import { Life } from './life';
import { Player } from './player';
import { readSavedView } from './state';
import { Store } from './store';
import { Sync } from './sync';

const host = acquireHost();
const store = new Store(readSavedView(host.getState()));
const player = new Player(store);
const sync = new Sync(host, store, player);

window.addEventListener('message', (event: MessageEvent<unknown>) => sync.receive(event.data));
window.addEventListener('pagehide', () => sync.flush());
document.addEventListener('visibilitychange', () => {
  // A page that was hidden may have missed what the host said meanwhile.
  if (document.visibilityState === 'visible') void sync.open();
  else sync.flush();
});

render(<Life editor={new LifeEditor(store, player, sync)} />, document.getElementById('root') ?? document.body);
void sync.open();
