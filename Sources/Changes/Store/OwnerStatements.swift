import Desk
import Operations

/// Changes that are taken from who may not work on them any more.
package struct ChangeOwners: ProcessOwnerKeeper {
  package typealias Note = ChangeNote

  package static let table = "changes.change"
  package static let isGoingOn = "ended_at is null"

  package let process = "change"
  package let permission = ChangeRights.work
  package let subjectKind = ChangeTelling.subjectKind

  package init() {}

  package static func subject(_ record: Int64) -> OfferSubject { .change(record) }
}
