//! A program that is left running generates picture after picture and never needs more memory.
//!
//! The file holds one test only, because it counts what the whole process allocates. With the goal's ten thousand
//! pictures of either model: `ECG2MRI_PICTURES=10000 cargo test --release --test heap_growth -- --nocapture`.

// Denied elsewhere; an allocator cannot be written without.
#![allow(unsafe_code, reason = "the trait of an allocator is unsafe by nature")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

use common::tiny_cart;
use ecg2mri::{Model, Pipeline, formats};

/// The system's allocator, and how much it has given out.
struct Counting;

static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

fn count(change: i64) {
    LIVE_BYTES.fetch_add(change, Relaxed);
}

// SAFETY: every call is handed to the system's allocator as it came, and what that answers is handed back; the
// counters are touched beside it and allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        count(layout.size() as i64);
        // SAFETY: the caller keeps the promises of `alloc`, which are those of the same function here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        count(layout.size() as i64);
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        // SAFETY: the caller got `pointer` of this layout from this allocator, which got it from the system's.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        count(new_size as i64 - layout.size() as i64);
        // SAFETY: as for `dealloc`, and the caller keeps the promises on `new_size`.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a process may keep from its first runs on: tables that are made once, buffers that are used again.
const WARM_UP: usize = 10;
/// Runs of the small networks alone.
const RUNS: usize = 10_000;
/// Pictures from recordings, whose signal costs more than small networks do; `ECG2MRI_PICTURES` may ask for more.
const PICTURES: usize = 100;
const SHIPPED_MODEL_PICTURES: usize = 30;

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pictures(usually: usize) -> usize {
    let asked = std::env::var("ECG2MRI_PICTURES").ok();
    asked.map_or(usually, |number| {
        number.parse().expect("ECG2MRI_PICTURES is a number")
    })
}

/// Does something again and again, and compares what is allocated after the last time with what was after the
/// first few.
fn leaves_nothing_behind(what: &str, times: usize, once: impl Fn()) {
    (0..WARM_UP).for_each(|_| once());
    let (live, allocations) = (LIVE_BYTES.load(Relaxed), ALLOCATIONS.load(Relaxed));
    (0..times).for_each(|_| once());
    let grown = LIVE_BYTES.load(Relaxed) - live;
    let allocations = (ALLOCATIONS.load(Relaxed) - allocations) as f64 / times as f64;
    println!("{what}: {allocations:.1} allocations each, {grown} bytes more after {times}");
    assert_eq!(grown, 0, "{what}: bytes kept after {times} times");
}

#[test]
fn ten_thousand_runs_and_many_pictures_leave_nothing_behind() {
    let recording = checkout().join("tests/samples/normal-woman.hea");
    let format = formats::detect(&recording).expect("a format");
    let ecg = formats::read_as(&recording, format).expect("a recording");
    let of = |model: &Path| Pipeline::new(Model::load(model).expect("a sound model"));

    let small = of(&tiny_cart());
    let input: Vec<f32> = (0..7200).map(|n| ((n % 600) as f32 / 60.0).sin()).collect();
    leaves_nothing_behind("runs of the small networks", RUNS, || {
        let latent = small.model().encode(&input, 60.0).expect("a latent");
        small.model().decode(&latent).expect("a picture");
    });
    leaves_nothing_behind("pictures of the small model", pictures(PICTURES), || {
        let generated = small.generate_forced(&ecg).expect("a picture");
        small.png(&generated).expect("a file");
    });
    let shipped = of(&checkout().join("models/cart"));
    let times = pictures(SHIPPED_MODEL_PICTURES);
    leaves_nothing_behind("pictures of the model that ships", times, || {
        shipped.generate_forced(&ecg).expect("a picture");
    });
}
