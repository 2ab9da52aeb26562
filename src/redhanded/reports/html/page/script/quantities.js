'use strict';
// Numbers as people read them. Times are ticks, of which a millisecond has ten.

const TICKS = 10000;

/** @param {number | null | undefined} ticks */
function lasted(ticks) {
  if (ticks === null || ticks === undefined) return '–';
  if (ticks < 100) return `${(ticks / 10).toFixed(1)} ms`;
  if (ticks < TICKS) return `${Math.round(ticks / 10)} ms`;
  if (ticks < 60 * TICKS) return `${(ticks / TICKS).toFixed(2)} s`;
  const seconds = Math.round(ticks / TICKS);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** @param {number} bytes */
function sized(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [bytes / 1024, 0];
  for (; value >= 1024 && unit < 3; unit += 1) value /= 1024;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** @param {number} number */
function grouped(number) {
  return number.toLocaleString('en');
}

/** @param {number} count @param {string} noun */
function many(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** @param {number} seconds since the Unix epoch */
function moment(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? '–'
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The time of day, of ticks since the run began. @param {number} at */
function clock(at) {
  return moment(run.head.began + at / TICKS).slice(11, 19);
}

/** @param {number} share from 0 to 1 */
function percent(share) {
  return share > 0 && share < 0.01
    ? '< 1 %'
    : share < 1 && share > 0.99
      ? '> 99 %'
      : `${Math.round(100 * share)} %`;
}

/** A place on a scale as SVG takes it. @param {number} value @param {number} whole */
function along(value, whole) {
  return `${(100 * Math.min(Math.max(value / (whole || 1), 0), 1)).toFixed(3)}%`;
}
