/** A shape within the unit square, y downwards: whether it covers a point. */
export type Shape = (x: number, y: number) => boolean;

type Point = readonly [number, number];

export function disc([cx, cy]: Point, radius: number): Shape {
  return (x, y) => Math.hypot(x - cx, y - cy) <= radius;
}

export function ring(center: Point, radius: number, width: number): Shape {
  return without(disc(center, radius), disc(center, radius - width));
}

/** The straight lines from point to point, with round ends. */
export function stroke(width: number, ...points: readonly Point[]): Shape {
  const lines = points.slice(1).map((to, index) => segment(points[index] ?? to, to, width));
  return union(...lines);
}

/** The inside of the closed line through the points, by the even-odd rule. */
export function polygon(...points: readonly Point[]): Shape {
  return (x, y) => {
    let isInside = false;
    for (const [index, [x1, y1]] of points.entries()) {
      const [x2, y2] = points.at(index - 1) ?? [x1, y1];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
    return isInside;
  };
}

export function rectangle([x1, y1]: Point, [x2, y2]: Point): Shape {
  return (x, y) => x >= x1 && x <= x2 && y >= y1 && y <= y2;
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.some((shape) => shape(x, y));
}

export function without(shape: Shape, ...holes: readonly Shape[]): Shape {
  return (x, y) => shape(x, y) && !holes.some((hole) => hole(x, y));
}

function segment([x1, y1]: Point, [x2, y2]: Point, width: number): Shape {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy || 1;
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
    return Math.hypot(x - x1 - along * dx, y - y1 - along * dy) <= width / 2;
  };
}
