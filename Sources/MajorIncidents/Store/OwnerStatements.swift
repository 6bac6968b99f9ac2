import Desk
import Operations

/// Major incidents that are taken from who may not lead them any more. Whoever leads one needs two permissions: who lost either is found by a keeper of
/// its own.
package struct MajorOwners: ProcessOwnerKeeper {
  package typealias Note = MajorNote

  package static let all: [any OwnerKeeper] = [MajorRights.work, MajorRights.atEach].map { MajorOwners(permission: $0) }

  package static let table = "major_incidents.major_incident"
  package static let owner = "lead"
  package static let isGoingOn = "state <> 'reviewed'"

  package let process = MajorNews.subjectKind
  package let permission: String
  package let subjectKind = MajorNews.subjectKind

  package static func subject(_ record: Int64) -> OfferSubject { .majorIncident(record) }
}
