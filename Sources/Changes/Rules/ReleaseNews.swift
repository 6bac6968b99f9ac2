/// What of a release is told to whoever answers for it and to the staff whom it concerns, by the type of its event.
package enum ReleaseNews: String, Sendable, CaseIterable {
  /// It is tried on a few; what came of that.
  case piloted = "release.piloted"
  case pilotRecorded = "release.pilot_recorded"
  /// It may go out; it went somewhere; it is over; it will not go out.
  case signedOff = "release.signed_off"
  case deployed = "release.deployed"
  case closed = "release.closed"
  case cancelled = "release.cancelled"
  /// Something was said of it among the staff.
  case commented = "release.commented"

  /// The kind of its subject: a release, by its row.
  package static let subjectKind = "release"

  /// To whose outbox an event is handed.
  static func consumers(of type: String) -> [String] { ReleaseNews(rawValue: type) == nil ? [] : ["notifications"] }
}
