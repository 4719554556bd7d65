//! The thorax: an elliptic barrel of one conductivity, and its surface mesh.

use std::f64::consts::PI;

use super::subject::Sex;
use super::vector::Vec3;

/// Conductivity of the torso, S/m: one value for lung, muscle and fat together.
pub const CONDUCTIVITY: f64 = 0.22;

/// Angles of the mesh columns from anterior towards the left, degrees; finer under the chest leads.
const COLUMN_ANGLES_DEG: [f64; COLUMNS] = [
    -180., -155., -130., -105., -80., -60., -44., -30., -17., -5., 7., 19., 31., 43., 55., 67.,
    79., 92., 110., 132., 156.,
];
/// Heights of the mesh rows as fractions of top (positive) and bottom (negative).
const ROW_HEIGHTS: [f64; ROWS + 1] = [
    1.0, 0.86, 0.70, 0.52, 0.34, 0.20, 0.09, 0.0, -0.055, -0.11, -0.165, -0.23, -0.34, -0.50,
    -0.70, -0.87, -1.0,
];
/// Columns of quadrilaterals around the barrel.
pub const COLUMNS: usize = 21;
/// Rows of quadrilaterals on its side.
pub const ROWS: usize = 16;

/// Shape of the thorax: an ellipse of half-width by half-depth at chest level, tapering up and down.
#[derive(Clone, Debug, PartialEq)]
pub struct Torso {
    /// Half-width at the level of V1 and V2, mm.
    pub half_width_mm: f64,
    /// Half-depth there, mm.
    pub half_depth_mm: f64,
    /// Height of the lower end, mm (negative).
    pub bottom_mm: f64,
    /// Height of the upper end, mm.
    pub top_mm: f64,
    /// Body height relative to 172 cm.
    pub body_scale: f64,
}

/// The barrel as quadrilaterals: corner points and four corners for each of the 420 faces.
pub struct SurfaceMesh {
    /// Corner points, mm.
    pub corners: Vec<Vec3>,
    /// Corner indices of each face; the first `ROWS × COLUMNS` faces are the side, row by row.
    pub faces: Vec<[usize; 4]>,
}

impl SurfaceMesh {
    /// Mean of a face's corners, mm.
    pub fn centre(&self, face: usize) -> Vec3 {
        let mut sum = [0.0; 3];
        for &corner in &self.faces[face] {
            for (total, x) in sum.iter_mut().zip(self.corners[corner]) {
                *total += 0.25 * x;
            }
        }
        sum
    }
}

impl Torso {
    /// Thorax of an adult: sex, height in cm, BMI in kg/m², and two standard normal residuals for
    /// width (SD 7 mm) and depth (SD 6 mm).
    pub fn of_body(sex: Sex, height_cm: f64, bmi: f64, width: f64, depth: f64) -> Self {
        let (base_width, base_depth, usual_height) = match sex {
            Sex::Male => (158.0, 112.0, 176.0),
            Sex::Female => (140.0, 104.0, 163.0),
        };
        let taller = height_cm - usual_height;
        let body_scale = height_cm / 172.0;
        Self {
            half_width_mm: base_width + 2.6 * (bmi - 26.0) + 0.35 * taller + 7.0 * width,
            half_depth_mm: base_depth + 2.7 * (bmi - 26.0) + 0.10 * taller + 6.0 * depth,
            bottom_mm: -330.0 * body_scale,
            top_mm: 215.0 * body_scale,
            body_scale,
        }
    }

    /// Factors on half-width and half-depth at height `z`: shoulders wider and flatter, waist
    /// narrower, ends rounded.
    pub fn taper(&self, z: f64) -> (f64, f64) {
        let up = z > 0.0;
        let fraction = if up {
            z / self.top_mm
        } else {
            z / self.bottom_mm
        };
        let end = ((fraction - 0.86) / 0.14).clamp(0.0, 1.0);
        let cap = (1.0 - 0.55 * end * end).clamp(0.05, 1.0).sqrt();
        let waist = (PI * fraction.clamp(0.0, 1.0)).sin();
        if up {
            ((1.0 + 0.10 * fraction) * cap, (1.0 - 0.28 * fraction) * cap)
        } else {
            ((1.0 - 0.06 * waist) * cap, (1.0 - 0.05 * waist) * cap)
        }
    }

    /// The skin at an angle from anterior towards the left (radians) and a height (mm).
    pub fn skin(&self, angle: f64, z: f64) -> Vec3 {
        let (width, depth) = self.taper(z);
        [
            self.half_width_mm * width * angle.sin(),
            -self.half_depth_mm * depth * angle.cos(),
            z,
        ]
    }

    fn row_height(&self, row: usize) -> f64 {
        let fraction = ROW_HEIGHTS[row];
        if fraction > 0.0 {
            fraction * self.top_mm
        } else {
            -fraction * self.bottom_mm
        }
    }

    /// Mid-heights of the rows of faces, mm, from the top down.
    pub fn row_centres(&self) -> [f64; ROWS] {
        std::array::from_fn(|row| 0.5 * (self.row_height(row) + self.row_height(row + 1)))
    }

    /// Mid-angles of the columns of faces, radians, ascending from −167.5°.
    pub fn column_centres() -> [f64; COLUMNS] {
        std::array::from_fn(|column| {
            let here = COLUMN_ANGLES_DEG[column];
            let next = COLUMN_ANGLES_DEG.get(column + 1).copied();
            (0.5 * (here + next.unwrap_or(COLUMN_ANGLES_DEG[0] + 360.0))).to_radians()
        })
    }

    /// The closed surface: 336 faces on the side and 42 on each end.
    pub fn surface(&self) -> SurfaceMesh {
        let mut corners = Vec::with_capacity((ROWS + 1) * COLUMNS + 2 * (COLUMNS + 1));
        for row in 0..=ROWS {
            let z = self.row_height(row);
            corners.extend(COLUMN_ANGLES_DEG.map(|angle| self.skin(angle.to_radians(), z)));
        }
        let next = |column: usize| (column + 1) % COLUMNS;
        let mut faces = Vec::with_capacity((ROWS + 4) * COLUMNS);
        for row in 0..ROWS {
            let (upper, lower) = (row * COLUMNS, (row + 1) * COLUMNS);
            for c in 0..COLUMNS {
                faces.push([upper + c, upper + next(c), lower + next(c), lower + c]);
            }
        }
        for (ring, is_top) in [(0, true), (ROWS * COLUMNS, false)] {
            let z = corners[ring][2];
            let middle = corners.len();
            for c in 0..COLUMNS {
                let [x, y, _] = corners[ring + c];
                corners.push([0.5 * x, 0.5 * y, z]);
            }
            let centre = corners.len();
            corners.push([0.0, 0.0, z]);
            let outer =
                (0..COLUMNS).map(|c| [ring + c, ring + next(c), middle + next(c), middle + c]);
            let inner = (0..COLUMNS).map(|c| [middle + c, middle + next(c), centre, centre]);
            for mut face in outer.chain(inner) {
                if is_top {
                    face.reverse();
                }
                faces.push(face);
            }
        }
        SurfaceMesh { corners, faces }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::vector::{cross, dot, sub};

    #[test]
    fn surface_is_closed_and_encloses_the_barrel() {
        let torso = Torso::of_body(Sex::Male, 176.0, 26.0, 0.0, 0.0);
        let mesh = torso.surface();
        assert_eq!(mesh.faces.len(), 420);
        let volume: f64 = mesh
            .faces
            .iter()
            .map(|f| {
                let [a, b, c, d] = f.map(|i| mesh.corners[i]);
                (dot(a, cross(b, c)) + dot(a, cross(c, d))) / 6.0
            })
            .sum();
        let litres = volume.abs() / 1e6;
        let cylinder = PI * 158.0 * 112.0 * (torso.top_mm - torso.bottom_mm) / 1e6;
        assert!(
            litres > 0.75 * cylinder && litres < cylinder,
            "{litres} of {cylinder}"
        );
        // A closed surface has no net area vector.
        let mut net = [0.0; 3];
        for f in &mesh.faces {
            let [a, b, c, d] = f.map(|i| mesh.corners[i]);
            let area = cross(sub(c, a), sub(d, b));
            for k in 0..3 {
                net[k] += 0.5 * area[k];
            }
        }
        assert!(net.iter().all(|x| x.abs() < 1e-6), "{net:?}");
    }
}
