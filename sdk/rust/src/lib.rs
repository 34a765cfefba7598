//! Objects of GEDS for Rust programs in WebAssembly (target `wasm32-wasip1`), without other crates.
//!
//! A bucket that the program was given is the folder `/geds/BUCKET`, an object a file below it, so
//! that `std::fs` works as well; this is the same with fewer copies and calls. Errors are those of
//! `std::io`. Only [`watch`], [`Object::read_ranges`] and metadata need a host that has the imports of
//! ionloom (docs/formats/geds-imports.md); a program that calls none of them runs on any host.

mod imports;
mod object;
mod watch;
mod writer;

pub use object::{get, Object, Range};
pub use watch::{watch, Event, Watch};
pub use writer::{put, Writer};

use std::io;

/// The paths of the buckets, and prefixes of buckets, that this program was given.
pub fn buckets() -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    // The standard streams are 0 to 2; what was given follows without a gap.
    for number in 3.. {
        match imports::given_path(number)? {
            None => break,
            Some(path) if path.starts_with("/geds/") => paths.push(path),
            Some(_) => {}
        }
    }
    Ok(paths)
}

/// The names in a folder, in order.
pub fn list(folder: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    pub size_bytes: u64,
    pub is_folder: bool,
}

pub fn stat(path: &str) -> io::Result<Info> {
    let found = std::fs::metadata(path)?;
    Ok(Info { size_bytes: found.len(), is_folder: found.is_dir() })
}

pub fn delete(path: &str) -> io::Result<()> {
    std::fs::remove_file(path)
}
