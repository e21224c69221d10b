import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configKeys, envFileNames, parseEnvText, type Environment } from '../../config/environment.ts';
import { failed, misconfigured, ok, warn, type Check } from './check.ts';
import { scanEnvFile } from './scan-env-file.ts';
import { describeUnknownSetting } from './unknown-setting.ts';

const name = 'env files';

function checkFile(fileName: string, text: string): Check[] {
  return scanEnvFile(text).map(({ line, key, detail, isFatal }) => {
    const message = `${fileName}:${String(line)} ${key} ${detail}`;
    return isFatal
      ? misconfigured(
          name,
          message,
          'Put your own value there: open.1688.com, console, application, basic information.',
        )
      : warn(name, message, 'Write it as NAME=value, nothing else on the line.');
  });
}

/** An old value in the shell that beats the file is the commonest reason why a corrected key "does not work". */
function checkOverridden(fileName: string, text: string, env: Environment): Check[] {
  return Object.entries(parseEnvText(text))
    .filter(([key, value]) => configKeys.includes(key) && env[key] !== undefined && env[key] !== value)
    .map(([key]) =>
      warn(
        name,
        `${key} of ${fileName} is not used: the environment has another value`,
        `Unset ${key} in the shell or service.`,
      ),
    );
}

function checkNames(env: Environment): Check[] {
  return Object.keys(env).flatMap((key) => {
    const unknown = describeUnknownSetting(key);
    return unknown === null ? [] : [warn(name, `${key} of the environment ${unknown}`, 'Correct its name.')];
  });
}

/** Which env files are read, in which order, and what is odd in them. */
export function checkEnvFiles(projectDir: string, env: Environment): Check[] {
  const files = envFileNames.filter((fileName) => existsSync(join(projectDir, fileName)));
  const order = [...files, 'first one wins, the environment wins over all'];
  const read = files.length === 0 ? 'no .env.local, no .env: only the environment is read' : order.join(', ');
  const findings = files.flatMap((fileName) => {
    try {
      const text = readFileSync(join(projectDir, fileName), 'utf8');
      return [...checkFile(fileName, text), ...checkOverridden(fileName, text, env)];
    } catch (error) {
      return [failed(name, error)];
    }
  });
  return [ok(name, read), ...findings, ...checkNames(env)];
}
