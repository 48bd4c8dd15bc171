/** Folders that are watched at most: each takes two watches of the system's. */
export const MOST_BROKEN_WATCHED = 50;

interface Watch {
  dispose(): void;
}

/** Models that cannot be run, looked at again by themselves: most of them are still being copied, or just being mended. */
export class BrokenFolders {
  private readonly watches = new Map<string, Watch>();

  /** @param watchFolder calls back whenever something changes in a folder. */
  constructor(
    private readonly watchFolder: (folder: string, changed: () => void) => Watch,
    private readonly changed: () => void,
  ) {}

  /** These are broken now, and no others. */
  watch(folders: readonly string[]): void {
    const wanted = folders.slice(0, MOST_BROKEN_WATCHED);
    for (const [folder, watch] of this.watches) {
      if (wanted.includes(folder)) continue;
      watch.dispose();
      this.watches.delete(folder);
    }
    const added = wanted.filter((folder) => !this.watches.has(folder));
    for (const folder of added) this.watches.set(folder, this.watchFolder(folder, this.changed));
    // What changed between the reading of the list and now was not seen.
    if (added.length > 0) this.changed();
  }

  dispose(): void {
    for (const watch of this.watches.values()) watch.dispose();
    this.watches.clear();
  }
}
