/// The error of an invalid city, id or pair of coordinates.
///
/// ```
/// use masthead::weather::{Coordinates, InvalidCity};
///
/// let error = Coordinates::new(431.5, 76.9).unwrap_err();
/// assert_eq!(error.to_string(), "invalid place 431.5,76.9: expected a latitude within 90 and a longitude within 180 degrees");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCity {
    /// The id is empty, longer than 40 characters, or has characters other than `a-z`, `0-9`, `-` and `_`.
    #[error("invalid city id {id:?}: expected 1 to 40 of a-z, 0-9, - and _")]
    Id {
        /// The rejected text, cut to 48 characters.
        id: String,
    },
    /// The name is empty or white space.
    #[error("the name of the city is empty")]
    Name,
    /// The latitude is outside −90 to 90 degrees, the longitude is outside −180 to 180 degrees, or one is not a number.
    #[error(
        "invalid place {latitude},{longitude}: expected a latitude within 90 and a longitude within 180 degrees"
    )]
    Place {
        /// The latitude as given.
        latitude: String,
        /// The longitude as given.
        longitude: String,
    },
}
