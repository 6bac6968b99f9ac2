import Kernel
import Operations

/// What is missing of a process's handbook.
enum HandbookGap: Hashable, Sendable {
  case noHandbook
  /// There is a draft, and no edition.
  case notPublished
  /// This version of the program cannot read it.
  case unreadable
  case noOwner
  case ownerLeft(PublicId)
  /// He does not answer for what nobody has taken, for he could not work on it.
  case ownerMayNotWork(PublicId)
  case noManager
  case managerLeft(PublicId)
  case managerMayNotWork(PublicId)
  /// Nobody has the role, or nobody who is still there.
  case roleUnfilled(LocalText)
  case personLeft(PublicId, role: LocalText)
  case reviewOverdue(CalendarDate)

  /// What is missing of a handbook: of its newest edition, or of its draft where there is none.
  /// - Parameters:
  ///   - content: nil: it cannot be read.
  ///   - reviewDueOn: nil: no edition is published.
  ///   - today: for the provider.
  ///   - process: of whose records nobody has taken its people answer; nil: of none.
  static func gaps(
    of content: HandbookContent?, reviewDueOn: CalendarDate?, today: CalendarDate, _ staff: StaffBook, for process: OwnedProcess? = nil
  ) -> [HandbookGap] {
    func mayNotWork(_ person: PublicId) -> Bool { process.map { !staff.mayAnswer(person, for: $0) } ?? false }
    var gaps: [HandbookGap] = reviewDueOn == nil ? [.notPublished] : []
    guard let content else { return gaps + [.unreadable] }
    switch content.owner {
    case nil: gaps.append(.noOwner)
    case let owner? where !staff.isActive(owner): gaps.append(.ownerLeft(owner))
    case let owner? where mayNotWork(owner): gaps.append(.ownerMayNotWork(owner))
    case _?: break
    }
    switch content.manager {
    case nil: gaps.append(.noManager)
    case let manager? where !staff.isActive(manager): gaps.append(.managerLeft(manager))
    case let manager? where mayNotWork(manager): gaps.append(.managerMayNotWork(manager))
    case _?: break
    }
    for role in content.roles {
      gaps += role.people.filter { !staff.isActive($0) }.map { .personLeft($0, role: role.name) }
      if !role.people.contains(where: staff.isActive) { gaps.append(.roleUnfilled(role.name)) }
    }
    if let reviewDueOn, reviewDueOn < today { gaps.append(.reviewOverdue(reviewDueOn)) }
    return gaps
  }

  /// A fixed code.
  var code: String {
    switch self {
    case .noHandbook: "no_handbook"
    case .notPublished: "not_published"
    case .unreadable: "unreadable"
    case .noOwner: "no_owner"
    case .ownerLeft: "owner_left"
    case .ownerMayNotWork: "owner_may_not_work"
    case .noManager: "no_manager"
    case .managerLeft: "manager_left"
    case .managerMayNotWork: "manager_may_not_work"
    case .roleUnfilled: "role_unfilled"
    case .personLeft: "person_left"
    case .reviewOverdue: "review_overdue"
    }
  }

  static let codes: [String] = [
    "no_handbook", "not_published", "unreadable", "no_owner", "owner_left", "owner_may_not_work", "no_manager", "manager_left", "manager_may_not_work",
    "role_unfilled", "person_left", "review_overdue",
  ]

  func text(_ language: Language, _ staff: StaffBook) -> String {
    switch self {
    case .noHandbook: HandbookWords.noHandbook.text(language)
    case .notPublished: HandbookWords.notPublished.text(language)
    case .unreadable: HandbookWords.unreadable.text(language)
    case .noOwner: HandbookWords.noOwner.text(language)
    case .ownerLeft(let person): HandbookWords.ownerLeft.text(language, ["person": staff.name(person)])
    case .ownerMayNotWork(let person): HandbookWords.ownerMayNotWork.text(language, ["person": staff.name(person)])
    case .noManager: HandbookWords.noManager.text(language)
    case .managerLeft(let person): HandbookWords.managerLeft.text(language, ["person": staff.name(person)])
    case .managerMayNotWork(let person): HandbookWords.managerMayNotWork.text(language, ["person": staff.name(person)])
    case .roleUnfilled(let role): HandbookWords.roleUnfilled.text(language, ["role": role.text(language) ?? ""])
    case .personLeft(let person, let role):
      HandbookWords.personLeft.text(language, ["person": staff.name(person), "role": role.text(language) ?? ""])
    case .reviewOverdue(let day): HandbookWords.reviewOverdue.text(language, ["day": day.description])
    }
  }
}
