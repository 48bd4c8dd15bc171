/** A model of a server, as the settings name it. */
export interface ServerEntry {
  readonly address: string;
  readonly model: string;
  /** Whether a prompt is sent as a message of the user, which the server puts into the model's chat template. */
  readonly chat?: boolean;
}

/** Names a model of a server among models, where a folder stands for one of this machine. */
export function serverKey({ address, model }: ServerEntry): string {
  return `${address}#${model}`;
}
