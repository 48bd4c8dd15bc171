import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';

/** Bytes that this process can still take: what the machine has free, or what its control group leaves if that is less. */
export function freeMemory(): number {
  return Math.min(machineFree(), groupFree());
}

/** Linux counts its file cache as used in `freemem`, though it gives it back on demand: `MemAvailable` does not. */
function machineFree(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo'))?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

/** Control groups, version 2 and 1: a container's limit less what its processes hold. */
function groupFree(): number {
  const groups = [
    ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current'],
    ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory/memory.usage_in_bytes'],
  ] as const;
  for (const [limit, usage] of groups) {
    const most = Number(read(limit) || NaN);
    const used = Number(read(usage) || NaN);
    if (Number.isFinite(most) && Number.isFinite(used)) return Math.max(0, most - used + reclaimable());
  }
  return Infinity;
}

/** File cache that counts as the group's usage but is given back on demand. */
function reclaimable(): number {
  const stat = read('/sys/fs/cgroup/memory.stat') || read('/sys/fs/cgroup/memory/memory.stat');
  return Number(/^inactive_file (\d+)/m.exec(stat)?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // Not Linux, or no such limit.
  }
}
