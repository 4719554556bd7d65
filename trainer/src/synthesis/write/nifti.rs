//! NIfTI-1 files (`.nii.gz`), after the format's `nifti1.h`.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};

use super::WriteError;
use super::entropy_gzip::EntropyGzip;
use super::synced_file::write_synced;

/// Bytes before the voxels: the header and an empty extension marker.
const VOXEL_OFFSET: usize = 352;
/// Spatial units millimetres, temporal units seconds.
const UNITS_MM_S: u8 = 2 | 8;
/// The affine maps to scanner coordinates.
const SCANNER_SPACE: i16 = 1;
/// Where the voxels of a volume, or of a cine of volumes, lie in patient space.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Columns, rows, slices, frames.
    pub size: [usize; 4],
    /// Voxel size, mm.
    pub voxel_mm: [f64; 3],
    /// Time between frames, s; without it the file has three dimensions.
    pub time_step_s: Option<f64>,
    /// From voxel to patient mm, right–anterior–superior; its columns must be orthogonal.
    pub affine: [[f64; 4]; 4],
}

/// What a voxel is.
#[derive(Clone, Copy)]
enum VoxelType {
    Signal,
    Label,
}

/// Writes signal in the scanner's units into a gzipped NIfTI-1 file with both qform and sform. `planes` are the pictures of `grid` in the
/// file's order: all slices of the first frame, then of the next. The same planes give the same
/// bytes.
pub fn write_signal<'a>(
    path: &Path,
    grid: &Grid,
    planes: impl Iterator<Item = &'a [i16]>,
) -> Result<(), WriteError> {
    write_synced(path, |file| {
        let mut packed = EntropyGzip::new(file)?;
        packed.write_all(&header(grid, VoxelType::Signal))?;
        let mut bytes = Vec::new();
        for plane in planes {
            bytes.clear();
            bytes.extend(plane.iter().flat_map(|x| x.to_le_bytes()));
            packed.write_all(&bytes)?;
        }
        packed.finish().map(|_| ())
    })
}

/// Writes labels as bytes, otherwise like [`write_signal`].
pub fn write_labels<'a>(
    path: &Path,
    grid: &Grid,
    planes: impl Iterator<Item = &'a [u8]>,
) -> Result<(), WriteError> {
    write_synced(path, |file| {
        // Labels repeat, so here a general compressor is the right one.
        let mut packed = GzBuilder::new()
            .mtime(0)
            .operating_system(255)
            .write(file, Compression::new(6));
        packed.write_all(&header(grid, VoxelType::Label))?;
        for plane in planes {
            packed.write_all(plane)?;
        }
        packed.finish().map(|_| ())
    })
}

fn header(grid: &Grid, voxel: VoxelType) -> [u8; VOXEL_OFFSET] {
    let mut bytes = [0u8; VOXEL_OFFSET];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    let (data_type, bits) = match voxel {
        VoxelType::Signal => (4i16, 16i16),
        VoxelType::Label => (2, 8),
    };
    let rank: i16 = if grid.time_step_s.is_some() { 4 } else { 3 };
    let (quaternion, handedness) = quaternion(&grid.affine, &grid.voxel_mm);

    put(0, &348i32.to_le_bytes());
    put(40, &rank.to_le_bytes());
    for (axis, at) in (42..56).step_by(2).enumerate() {
        let size = grid.size.get(axis).map_or(1, |&n| n as i16);
        put(at, &size.to_le_bytes());
    }
    put(70, &data_type.to_le_bytes());
    put(72, &bits.to_le_bytes());
    let [dx, dy, dz] = grid.voxel_mm;
    let spacing = [handedness, dx, dy, dz, grid.time_step_s.unwrap_or(0.0)];
    for (at, value) in (76..).step_by(4).zip(spacing) {
        put(at, &(value as f32).to_le_bytes());
    }
    put(108, &(VOXEL_OFFSET as f32).to_le_bytes());
    put(112, &1f32.to_le_bytes());
    put(123, &[UNITS_MM_S]);
    put(148, b"simulated heart");
    put(252, &SCANNER_SPACE.to_le_bytes());
    put(254, &SCANNER_SPACE.to_le_bytes());
    let offset = [grid.affine[0][3], grid.affine[1][3], grid.affine[2][3]];
    for (at, value) in (256..).step_by(4).zip(quaternion.into_iter().chain(offset)) {
        put(at, &(value as f32).to_le_bytes());
    }
    for (at, value) in (280..).step_by(4).zip(grid.affine[..3].iter().flatten()) {
        put(at, &(*value as f32).to_le_bytes());
    }
    put(344, b"n+1\0");
    bytes
}

/// The rotation of an affine as the quaternion parts b, c, d (a ≥ 0 follows), and −1 if the third
/// axis had to be turned round to make it a rotation.
fn quaternion(affine: &[[f64; 4]; 4], voxel_mm: &[f64; 3]) -> ([f64; 3], f64) {
    let mut r = [[0.0; 3]; 3];
    for row in 0..3 {
        for column in 0..3 {
            r[row][column] = affine[row][column] / voxel_mm[column];
        }
    }
    let determinant = r[0][0] * (r[1][1] * r[2][2] - r[1][2] * r[2][1])
        - r[0][1] * (r[1][0] * r[2][2] - r[1][2] * r[2][0])
        + r[0][2] * (r[1][0] * r[2][1] - r[1][1] * r[2][0]);
    let handedness = if determinant < 0.0 { -1.0 } else { 1.0 };
    for row in &mut r {
        row[2] *= handedness;
    }
    let trace = r[0][0] + r[1][1] + r[2][2] + 1.0;
    let parts = if trace > 0.5 {
        let a = 0.5 * trace.sqrt();
        [
            0.25 * (r[2][1] - r[1][2]) / a,
            0.25 * (r[0][2] - r[2][0]) / a,
            0.25 * (r[1][0] - r[0][1]) / a,
        ]
    } else {
        // Near half a turn: start from the largest of the three parts.
        let largest = (0..3)
            .max_by(|&i, &j| r[i][i].total_cmp(&r[j][j]))
            .unwrap_or(0);
        let (j, k) = ((largest + 1) % 3, (largest + 2) % 3);
        let part = 0.5
            * (1.0 + r[largest][largest] - r[j][j] - r[k][k])
                .max(0.0)
                .sqrt();
        let mut parts = [0.0; 3];
        parts[largest] = part;
        parts[j] = 0.25 * (r[j][largest] + r[largest][j]) / part;
        parts[k] = 0.25 * (r[k][largest] + r[largest][k]) / part;
        let a = 0.25 * (r[k][j] - r[j][k]) / part;
        if a < 0.0 { parts.map(|x| -x) } else { parts }
    };
    (parts, handedness)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rotation with columns scaled, as NIfTI's method 2 rebuilds it.
    fn rebuilt([b, c, d]: [f64; 3], handedness: f64, size: [f64; 3]) -> [[f64; 3]; 3] {
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let r = [
            [
                a * a + b * b - c * c - d * d,
                2.0 * (b * c - a * d),
                2.0 * (b * d + a * c),
            ],
            [
                2.0 * (b * c + a * d),
                a * a + c * c - b * b - d * d,
                2.0 * (c * d - a * b),
            ],
            [
                2.0 * (b * d - a * c),
                2.0 * (c * d + a * b),
                a * a + d * d - c * c - b * b,
            ],
        ];
        r.map(|[x, y, z]| [x * size[0], y * size[1], z * size[2] * handedness])
    }

    proptest! {
        #[test]
        fn quaternion_and_affine_say_the_same(
            axis in prop::array::uniform3(-1.0f64..1.0),
            angle in prop_oneof![0.0f64..3.2, 3.1f64..std::f64::consts::PI],
            flip in any::<bool>(),
            size in prop::array::uniform3(0.5f64..10.0),
        ) {
            let length = axis.iter().map(|x| x * x).sum::<f64>().sqrt();
            prop_assume!(length > 0.1);
            let (sine, cosine) = (0.5 * angle).sin_cos();
            let parts = axis.map(|x| x / length * sine * cosine.signum());
            let handedness = if flip { -1.0 } else { 1.0 };
            let r = rebuilt(parts, handedness, size);
            let mut affine = [[0.0; 4]; 4];
            for (row, values) in affine.iter_mut().zip(r) {
                row[..3].copy_from_slice(&values);
            }
            let (found, side) = quaternion(&affine, &size);
            let back = rebuilt(found, side, size);
            for (x, y) in back.iter().flatten().zip(r.iter().flatten()) {
                prop_assert!((x - y).abs() < 1e-6, "{back:?} is not {r:?}");
            }
        }
    }
}
