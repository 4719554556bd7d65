//! Names the shared library for the loader.
//!
//! Cargo's file is `libecg2mri_c.so`, since `libecg2mri` is the Rust library's; programs shall look for
//! `libecg2mri.so.0`, where 0 is the version of the C interface. `install` makes files of these names.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let system = std::env::var("CARGO_CFG_TARGET_OS");
    if matches!(system.as_deref(), Ok("linux" | "freebsd" | "android")) {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libecg2mri.so.0");
    }
}
