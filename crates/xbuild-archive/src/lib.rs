//! What is inside an archive or an image layout, as a stream of members.
//!
//! What is shipped is rarely a bare program: it is a program in a `tar.gz`, a `zip`, a Debian package, a layer of an image. A
//! check that stops at the archive has looked at nothing. [`walk`] tells what each member is and hands its bytes to a
//! [`Visitor`]; [`layout`] reads an OCI image layout down to its layers, and [`unpack`] makes one in a compressed `tar` readable.
//! Archives come from anywhere, so every byte that is unpacked is charged to a [`Budget`], memory is bounded by constants, and
//! what is wrong is a [`Problem`], not an error.
//!
//! It opens no file (a caller hands in what can be read and sought), looks at no file name to know a format, keeps no
//! member, writes nothing anywhere, and does not know what a program is; `xbuild-verify` does.

mod budget;
mod container;
mod deb;
mod decode;
mod fault;
mod image;
mod member;
mod names;
mod problem;
mod tarball;
mod unpack;
mod walk;
mod window;
mod zipped;

pub use budget::{Budget, Limits};
pub use container::{Container, PREFIX, recognise};
pub use image::{Blobs, Descriptor, Image, Layout, checked, layout};
pub use member::{Kind, Member};
pub use problem::{Problem, Problems};
pub use tarball::{TarIndex, index};
pub use unpack::{first_packed_file, unpack};
pub use walk::{Seekable, Visitor, walk};
pub use window::Window;
