//! Choosing where graphs run.

use super::{Engine, EngineError};
use ort::ep;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use std::fmt;
use std::str::FromStr;

/// Where graphs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Device {
    /// The first GPU where CUDA works, else the CPU; which of them is printed.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of this number; an error where CUDA cannot serve the whole graph.
    Cuda(u32),
}

/// A session and where it runs.
pub struct Opened {
    /// The session.
    pub session: Session,
    /// Its device, never [`Device::Auto`].
    pub device: Device,
    /// Why CUDA was refused, where [`Device::Auto`] became the CPU.
    pub refusal: Option<String>,
}

impl FromStr for Device {
    type Err = EngineError;

    fn from_str(text: &str) -> Result<Self, EngineError> {
        match text {
            "auto" => Ok(Device::Auto),
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Cuda(0)),
            other => other
                .strip_prefix("cuda:")
                .and_then(|number| number.parse().ok())
                .map(Device::Cuda)
                .ok_or_else(|| EngineError::UnknownDevice(other.to_owned())),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Auto => formatter.write_str("auto"),
            Device::Cpu => formatter.write_str("cpu"),
            Device::Cuda(number) => write!(formatter, "cuda:{number}"),
        }
    }
}

impl Device {
    /// Opens a session on this device.
    ///
    /// A CUDA session is refused, not moved to the CPU, where the driver or a library is missing or a node has no
    /// CUDA kernel: by default ONNX Runtime would go on at a hundredth of the speed and say nothing.
    ///
    /// # Errors
    /// [`EngineError::Cuda`] as above, [`EngineError::Runtime`] where the graph itself is refused.
    pub fn open(
        self,
        engine: &Engine,
        model: &[u8],
        threads: usize,
    ) -> Result<Opened, EngineError> {
        let opened = |session, device| Opened {
            session,
            device,
            refusal: None,
        };
        match self {
            Device::Cpu => Ok(opened(open_cpu(engine, model, threads)?, Device::Cpu)),
            Device::Cuda(number) => Ok(opened(open_cuda(engine, model, threads, number)?, self)),
            Device::Auto => match open_cuda(engine, model, threads, 0) {
                Ok(session) => Ok(opened(session, Device::Cuda(0))),
                Err(reason) => Ok(Opened {
                    session: open_cpu(engine, model, threads)?,
                    device: Device::Cpu,
                    refusal: Some(reason.to_string()),
                }),
            },
        }
    }
}

fn open_cpu(engine: &Engine, model: &[u8], threads: usize) -> Result<Session, EngineError> {
    builder(engine, threads)
        .and_then(|mut builder| builder.commit_from_memory(model))
        .map_err(EngineError::runtime("opening a graph on the CPU"))
}

fn open_cuda(
    engine: &Engine,
    model: &[u8],
    threads: usize,
    number: u32,
) -> Result<Session, EngineError> {
    let open = || -> ort::Result<Session> {
        let provider = ep::CUDA::default()
            .with_device_id(i32::try_from(number).unwrap_or(i32::MAX))
            .with_tf32(false)
            .build()
            .error_on_failure();
        builder(engine, threads)?
            .with_execution_providers([provider])?
            .with_disable_cpu_fallback()?
            .commit_from_memory(model)
    };
    open().map_err(|cause| EngineError::Cuda {
        number,
        cause: cause.to_string(),
    })
}

/// The settings that measured best: memory patterns cost half as much memory again and save no time; denormal
/// numbers appear late in training and are a hundred times slower; threads that spin while they wait for work burn
/// more CPU time than the work itself where a step is short or the machine shared.
fn builder(engine: &Engine, threads: usize) -> ort::Result<SessionBuilder> {
    Ok(Session::builder(&engine.environment)?
        .with_optimization_level(GraphOptimizationLevel::Level2)?
        .with_intra_threads(threads)?
        .with_intra_op_spinning(false)?
        .with_memory_pattern(false)?
        .with_flush_to_zero()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_names_read_back() {
        for device in [Device::Auto, Device::Cpu, Device::Cuda(0), Device::Cuda(3)] {
            assert_eq!(device.to_string().parse::<Device>().unwrap(), device);
        }
        assert_eq!("cuda".parse::<Device>().unwrap(), Device::Cuda(0));
        assert!("gpu".parse::<Device>().is_err());
        assert!("cuda:".parse::<Device>().is_err());
    }
}
