//! Where the pixels of a slice lie in the heart and in the chest.

use crate::synthesis::anatomy::HeartAxes;
use crate::synthesis::plane::Plane;
use crate::synthesis::vector::{Vec3, sub};

/// The pixel grid of one slice. Positions in a picture are in mm right of and below its first
/// pixel.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Pixels along each side.
    pub side: usize,
    /// Size of a pixel, mm.
    pub pixel_mm: f32,
    /// Slice thickness, mm.
    pub thickness_mm: f32,
    /// Heart coordinates of the first pixel.
    origin: [f32; 3],
    /// Heart coordinates of 1 mm to the right, 1 mm down, and 1 mm along the normal.
    pub right: [f32; 3],
    /// See [`Grid::right`].
    pub down: [f32; 3],
    /// See [`Grid::right`].
    pub normal: [f32; 3],
    /// Torso coordinates of the first pixel, 1 mm to the right and 1 mm down.
    torso: [[f32; 3]; 3],
}

fn single(v: Vec3) -> [f32; 3] {
    v.map(|x| x as f32)
}

impl Grid {
    /// The grid of `side` × `side` pixels on a plane, for the heart at `heart_centre` (torso mm).
    pub fn new(
        plane: &Plane,
        axes: &HeartAxes,
        heart_centre: Vec3,
        side: usize,
        pixel_mm: f64,
        thickness_mm: f64,
    ) -> Self {
        let half = 0.5 * (side as f64 - 1.0) * pixel_mm;
        let corner = plane.point(-half, -half);
        Self {
            side,
            pixel_mm: pixel_mm as f32,
            thickness_mm: thickness_mm as f32,
            origin: single(axes.to_heart(sub(corner, heart_centre))),
            right: single(axes.to_heart(plane.right)),
            down: single(axes.to_heart(plane.down)),
            normal: single(axes.to_heart(plane.normal)),
            torso: [single(corner), single(plane.right), single(plane.down)],
        }
    }

    /// Heart coordinates of a position in the picture, mm.
    #[inline]
    pub fn in_heart(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        std::array::from_fn(|k| self.origin[k] + x * self.right[k] + y * self.down[k])
    }

    /// Torso coordinates of a position in the picture, mm.
    #[inline]
    pub fn in_torso(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let [corner, right, down] = &self.torso;
        std::array::from_fn(|k| corner[k] + x * right[k] + y * down[k])
    }

    /// The position in the picture of a place in the heart (its foot on the plane), and how far
    /// above the plane along the normal the place is, mm.
    pub fn position(&self, heart: [f32; 3]) -> ([f32; 2], f32) {
        let from: [f32; 3] = std::array::from_fn(|k| heart[k] - self.origin[k]);
        let along = |axis: &[f32; 3]| from[0] * axis[0] + from[1] * axis[1] + from[2] * axis[2];
        ([along(&self.right), along(&self.down)], along(&self.normal))
    }

    /// Position of a pixel in the picture, mm.
    #[inline]
    pub fn pixel(&self, index: usize) -> [f32; 2] {
        [
            (index % self.side) as f32 * self.pixel_mm,
            (index / self.side) as f32 * self.pixel_mm,
        ]
    }
}
