import Kernel
import Operations

/// Where a release stands.
package enum ReleaseState: String, LifeCycle, CaseIterable {
  /// Its changes and criteria are gathered. May go to `piloting`, `signedOff`, `cancelled`.
  case planning
  /// It is tried on a few. May go to `signedOff`, `cancelled`.
  case piloting
  /// Somebody answers for it that it may go out. May go to `deployed`, `cancelled`.
  case signedOff = "signed_off"
  /// It went out, somewhere at least. May go to `closed`.
  case deployed
  /// Goes nowhere.
  case closed
  /// Goes nowhere.
  case cancelled

  /// What can happen to it.
  package enum Step: String, Sendable, CaseIterable {
    /// Texts, changes and criteria are written, and criteria judged.
    case write
    case pilot
    case recordPilot = "record_pilot"
    case signOff = "sign_off"
    case deploy, close, cancel
  }

  /// The state after `step`; nil when it cannot happen in this state.
  package func after(_ step: Step) -> ReleaseState? {
    switch (self, step) {
    case (.planning, .write), (.piloting, .write): self
    case (.planning, .pilot), (.piloting, .pilot), (.piloting, .recordPilot): .piloting
    case (.planning, .signOff), (.piloting, .signOff): .signedOff
    case (.signedOff, .deploy), (.deployed, .deploy): .deployed
    case (.deployed, .close): .closed
    case (.planning, .cancel), (.piloting, .cancel), (.signedOff, .cancel): .cancelled
    case (.planning, _), (.piloting, _), (.signedOff, _), (.deployed, _), (.closed, _), (.cancelled, _): nil
    }
  }
}

/// What a release must meet before it is signed off.
struct Criterion: Sendable, Equatable {
  enum State: String, Sendable, CaseIterable {
    case open, met
    case notMet = "not_met"
  }

  let seq: Int64
  let body: String
  var state = State.open
  var evidence: String?
  var judge: Party?
  var judgeName: String?
  var judgedAt: Instant?
}

/// A release with its criteria: a pure state machine.
struct ReleaseProcess: Sendable, Equatable {
  enum Pilot: String, Sendable, CaseIterable { case passed, failed }

  var state: ReleaseState = .planning
  var criteria: [Criterion] = []
  var pilotScope: String?
  var pilotResult: Pilot?
  var pilotNote: String?
  var signedAt: Instant?
  var signerName: String?
  var signer: Party?
  var reason: String?
  var endedAt: Instant?
  let author: Party
  /// Who judged, piloted or gathered something of it, or was given it to answer for.
  var parties: [Party] = []

  func require(_ step: ReleaseState.Step) throws(Failure) { _ = try next(step) }

  mutating func judge(_ seq: Int64, _ state: Criterion.State, evidence: String, by party: Party, _ name: String, at now: Instant) throws(Failure) {
    try require(.write)
    guard let index = criteria.firstIndex(where: { $0.seq == seq }) else { throw Failure.invalid("criterion", InputMessages.unknownReference) }
    criteria[index].state = state
    parties.insert(party)
    (criteria[index].evidence, criteria[index].judge, criteria[index].judgeName, criteria[index].judgedAt) = (evidence, party, name, now)
  }

  /// Tries it on some; what came of an earlier pilot counts no more.
  mutating func pilot(_ scope: String) throws(Failure) {
    state = try next(.pilot)
    (pilotScope, pilotResult, pilotNote) = (scope, nil, nil)
  }

  mutating func record(_ result: Pilot, _ note: String, by party: Party) throws(Failure) {
    state = try next(.recordPilot)
    parties.insert(party)
    (pilotResult, pilotNote) = (result, note)
  }

  /// Other changes go out with it: what was judged and tried was something else.
  mutating func gather(by party: Party) throws(Failure) {
    try require(.write)
    parties.insert(party)
    for index in criteria.indices { criteria[index] = Criterion(seq: criteria[index].seq, body: criteria[index].body) }
    (pilotResult, pilotNote) = (nil, nil)
  }

  /// Somebody answers for it that it goes out who neither opened it, was its owner, nor gathered, tried or ever judged something of it.
  /// - Parameter hasUnapproved: whether a change of it is not agreed to.
  mutating func signOff(by party: Party, _ name: String, hasUnapproved: Bool, at now: Instant) throws(Failure) {
    let next = try next(.signOff)
    guard !criteria.isEmpty, criteria.allSatisfy({ $0.state == .met }) else { throw Failure(.conflict, ReleaseMessages.criteriaOpen) }
    guard state == .planning || pilotResult == .passed else { throw Failure(.conflict, ReleaseMessages.pilotNotPassed) }
    guard !hasUnapproved else { throw Failure(.conflict, ReleaseMessages.changesUnapproved) }
    switch FourEyes.refusal(of: party, than: [author] + parties) {
    case .noPerson?: throw Failure(.denied, ChangeMessages.needsPerson)
    case .tookPart?: throw Failure(.denied, ReleaseMessages.ownRelease)
    case nil: break
    }
    (state, signedAt, signerName, signer) = (next, now, name, party)
  }

  mutating func deploy(hasUnapproved: Bool) throws(Failure) {
    let next = try next(.deploy)
    guard !hasUnapproved else { throw Failure(.conflict, ReleaseMessages.changesUnapproved) }
    state = next
  }

  /// - Parameter hasChangesOpen: whether a change of it is not over.
  mutating func close(hasChangesOpen: Bool, at now: Instant) throws(Failure) {
    let next = try next(.close)
    guard !hasChangesOpen else { throw Failure(.conflict, ReleaseMessages.changesOpen) }
    (state, endedAt) = (next, now)
  }

  mutating func cancel(_ reason: String, at now: Instant) throws(Failure) {
    state = try next(.cancel)
    (signedAt, signerName, signer, self.reason, endedAt) = (nil, nil, nil, reason, now)
  }

  private func next(_ step: ReleaseState.Step) throws(Failure) -> ReleaseState {
    try state.next(step, orRefuse: ReleaseMessages.wrongState, named: "step")
  }
}

package enum ReleaseMessages: MessageCatalog {
  static let wrongState = Message(
    "release.wrong_state", "A release that is {state} cannot do this: {step}. Possible: {allowed}.", zh: "状态为 {state} 的发布不能执行此操作：{step}。可执行：{allowed}。")
  static let criteriaOpen = Message(
    "release.criteria_open", "It has acceptance criteria, and all of them are met, before it is signed off.", zh: "签发前须设有验收标准，且全部满足。")
  static let pilotNotPassed = Message("release.pilot_not_passed", "Its pilot has not passed.", zh: "试点尚未通过。")
  static let ownRelease = Message(
    "release.own", "It is signed off by who neither opened it, answered for it, nor judged its criteria, recorded its pilot or gathered its changes.",
    zh: "发布须由未提出、未负责、未判定验收标准、未登记试点、未调整其变更的人员签发。")
  static let changesOpen = Message("release.changes_open", "A change of it is not over.", zh: "该发布仍有未结束的变更。")
  static let changesUnapproved = Message("release.changes_unapproved", "A change of it is not agreed to.", zh: "该发布中有尚未批准的变更。")
  static let beforeSigned = Message("release.before_signed", "It was signed off later than that.", zh: "不能早于签发时间。")
  static let changeBegun = Message("release.change_begun", "The change is begun or over.", zh: "该变更已开始实施或已结束。")
  static let changeTaken = Message("release.change_taken", "The change goes out with a release already.", zh: "该变更已属于某个发布。")
  static let changeNotOf = Message("release.change_not_of", "The change does not go out with this release.", zh: "该变更不属于此发布。")
  static let tooManyCriteria = Message("release.too_many_criteria", "A release has at most {most} criteria.", zh: "一个发布最多有 {most} 条验收标准。")
  static let inFuture = Message("release.in_future", "This lies ahead.", zh: "时间不能晚于当前时刻。")
  static let ownerMissing = Message(
    "release.owner_missing", "Somebody answers for it first (release.take, release.assign).", zh: "须先指定负责人（release.take、release.assign）。")
  static let owned = Message("release.owned", "Somebody answers for it already: release.offer hands it over.", zh: "已有负责人，可用 release.offer 移交。")
  static let notOwners = Message(
    "release.not_owners", "Only who answers for it hands it over, or who manages changes (permission change.manage).", zh: "只有负责人或变更管理人员（权限 change.manage）可以移交。"
  )

  package static let all = [
    wrongState, criteriaOpen, pilotNotPassed, ownRelease, changesOpen, changeTaken, changeNotOf, tooManyCriteria, inFuture, changesUnapproved,
    beforeSigned, changeBegun, ownerMissing, owned, notOwners,
  ]
}
