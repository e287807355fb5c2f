import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The types that the protos generate are made anew for every run: they can't be stale. */
export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' });
}
