import { plants, type Plant } from './plants.ts';

/** @throws RangeError when there is no bug of that name */
export function findPlant(name: string): Plant {
  const found = plants.find((plant) => plant.name === name);
  if (found) return found;
  throw new RangeError(
    `there is no bug ${name} to plant; there are ${plants.map((plant) => plant.name).join(', ')}`,
  );
}

/** One line each. */
export function describePlants(): string {
  return plants.map(({ name, what }) => `  ${name.padEnd(22)} ${what}`).join('\n');
}
