import { isRpcMessage, RpcClient } from '../../protocol/rpc';
import type { PictureApi } from '../../protocol/picture';
import { acquireHost } from '../host';
import '../components/page.css';
import './picture.css';

const host = acquireHost();
const api = new RpcClient<PictureApi>({ post: (message) => host.postMessage(message) });
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isRpcMessage(data)) api.receive(data);
});

/** Shows the picture, and brings it as PNG. */
async function draw(): Promise<void> {
  const { svg, label, scale } = await api.call('source', {});
  const image = new Image();
  image.alt = label;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  document.getElementById('root')?.append(image);
  const png = await image.decode().then(
    () => pixels(image, scale),
    () => null,
  );
  await api.call('drawn', { png });
}

async function pixels(image: HTMLImageElement, scale: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  return blob && new Uint8Array(await blob.arrayBuffer());
}

void draw();
