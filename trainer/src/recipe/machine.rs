//! What the machine calls its processors, for the run's folder.

use crate::engine::Device;
use std::path::Path;

/// The CPU's model and how many threads it runs, as in `AMD EPYC 9654 (2 threads)`.
pub(super) fn cpu() -> String {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let table = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu_model(&table).unwrap_or(std::env::consts::ARCH);
    format!("{model} ({threads} threads)")
}

/// What a device is called beyond its number: the GPU's model or the CPU's.
pub(super) fn device_name(device: Device) -> String {
    match device {
        Device::Cuda(_) => {
            gpus(Path::new("/proc/driver/nvidia/gpus")).unwrap_or_else(|| "unknown GPU".to_owned())
        }
        Device::Cpu | Device::Auto => cpu(),
    }
}

/// Operating system and processor architecture, as in `linux x86_64`.
pub(super) fn system() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The model in the text of `/proc/cpuinfo`: `model name` on x86, `Model` on ARM boards; `None` where neither is given.
fn cpu_model(table: &str) -> Option<&str> {
    field(table, "model name").or_else(|| field(table, "Model"))
}

/// The models of all GPUs that the NVIDIA driver lists, each once. CUDA numbers GPUs in an order of its own, so a
/// machine with several models names them all.
fn gpus(folder: &Path) -> Option<String> {
    let mut models = Vec::new();
    for gpu in std::fs::read_dir(folder).ok()?.flatten() {
        let table = std::fs::read_to_string(gpu.path().join("information")).ok()?;
        models.push(field(&table, "Model")?.to_owned());
    }
    models.sort();
    models.dedup();
    (!models.is_empty()).then(|| models.join(" or "))
}

/// The value of the first line `name : value`.
fn field<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    table.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name && !value.trim().is_empty()).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_read_from_the_systems_tables() {
        let x86 = "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9654\n\nprocessor\t: 1\n";
        assert_eq!(cpu_model(x86), Some("AMD EPYC 9654"));
        let board =
            "processor\t: 0\nBogoMIPS\t: 108.00\n\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n";
        assert_eq!(cpu_model(board), Some("Raspberry Pi 4 Model B Rev 1.4"));
        assert_eq!(cpu_model(""), None);
        assert!(cpu().ends_with("threads)"));
    }

    #[test]
    fn gpus_of_one_model_are_named_once() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(gpus(&folder.path().join("none")), None);
        assert_eq!(gpus(folder.path()), None);
        for (number, model) in ["B", "A", "B"].iter().enumerate() {
            let gpu = folder.path().join(number.to_string());
            std::fs::create_dir(&gpu).unwrap();
            let text = format!("Model: \t\t NVIDIA {model}\nIRQ:   \t\t 42\n");
            std::fs::write(gpu.join("information"), text).unwrap();
        }
        assert_eq!(gpus(folder.path()).as_deref(), Some("NVIDIA A or NVIDIA B"));
    }
}
