/// What of a major incident is told to whoever leads it and to the staff whom it concerns, by the type of its event.
package enum MajorNews: String, Sendable, CaseIterable {
  case declared = "major_incident.declared"
  /// An entry of its log.
  case logged = "major_incident.logged"
  /// Something helps meanwhile; it is over; it goes on after all; it was looked back on.
  case mitigated = "major_incident.mitigated"
  case resolved = "major_incident.resolved"
  case reopened = "major_incident.reopened"
  case reviewed = "major_incident.reviewed"

  /// The kind of its subject: a major incident, by its row.
  package static let subjectKind = "major_incident"

  /// To whose outbox an event is handed. What goes on again may have come to the age of a rule meanwhile.
  static func consumers(of type: String) -> [String] {
    guard let news = MajorNews(rawValue: type) else { return [] }
    return ["notifications"] + (news == .reopened ? ["escalations"] : [])
  }
}
