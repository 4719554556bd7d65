//! Writes the two sheets by which the simulated heart is judged: eight ECGs on paper and 32 hearts.
//!
//! `cargo run --release --workspace --example heart_sheets -- trainer/docs`

#[path = "../shared/canvas.rs"]
mod canvas;
#[path = "../shared/picture.rs"]
mod picture;

mod ecg_cases;
mod hearts;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("give the folder for the sheets, for one trainer/docs")?;
    std::fs::create_dir_all(&folder)?;
    for (name, write) in [
        (
            "ecg-cases.png",
            ecg_cases::write as fn(&std::path::Path) -> _,
        ),
        ("hearts.png", hearts::write),
    ] {
        let path = folder.join(name);
        write(&path)?;
        let size = std::fs::metadata(&path)?.len();
        println!("{} ({} kB)", path.display(), size / 1000);
    }
    Ok(())
}
