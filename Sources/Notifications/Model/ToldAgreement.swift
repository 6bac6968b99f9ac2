import Approvals
import Changes
import Kernel
import Operations
import Requests
import Tenancy

/// What people are told of a request.
struct ToldRequest: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let offeringCode: String
  let offering: LocalText
  let state: String
  let priority: Int64
  /// Why it was refused or cancelled.
  let reason: String?
  /// A person of the customer.
  let requester: Int64?
  let requesterName: String?
  let unit: Int64?
  let submitter: Party
  let mayApproveOwn: Bool
  /// Whether anybody had to agree to it.
  let wasAsked: Bool
  /// Members of the staff who are at it, or were, and who took it; where nobody has, who answers for it by the rule.
  let assignees: [Int64]
  /// Persons of the customer, and members of the staff, who watch it.
  let watchingPeople: [Int64]
  let watchingStaff: [Int64]
  /// For what somebody is asked, where that is told.
  var asked: AskedApproval?

  /// Whom it is for, and who ordered it: persons of the customer.
  var people: [Int64] { [requester, submitter.kind == Actor.Kind.customer.rawValue ? submitter.person : nil].compactMap { $0 } }
  /// Who of the staff ordered it.
  var submittingStaff: Int64? { submitter.kind == Actor.Kind.staff.rawValue ? submitter.id : nil }

  /// Nil when there is nothing to tell of it any more: nobody had to agree, or nobody is asked now.
  func told(_ found: FoundEvent, _ approvals: [Approval], of customer: TenantId) -> ToldRequest? {
    switch RequestNews(rawValue: found.type) {
    case .approvalAsked, .approvalEscalated, .approvalStandIn, .approvalDelegated, .approvalReassigned, .approvalDelegationEnded:
      let facts = ApproverRule.Facts(tenants: [customer], requester: requester, unit: unit, submitter: submitter, mayBeOwn: mayApproveOwn)
      guard let asked = AskedApproval(found, among: approvals, facts, ApproverRule.permission, of: [customer], unit: unit, requester: requester) else {
        return nil
      }
      var told = self
      told.asked = asked
      return told
    case .approved, .rejected: return wasAsked ? self : nil
    case .submitted, .fulfilled, .closed, .cancelled, .commented: return self
    case nil: return nil
    }
  }

  func values(_ language: Language, of tenant: TenantEntry, _ type: String) -> [String: String] {
    let news = RequestNews(rawValue: type)
    // Why one of several refused is no word on what the others agreed to.
    let why: String? =
      switch news {
      case .rejected, .cancelled: reason
      default: nil
      }
    return [
      "number": RequestLine.number(of: tenant.code, number), "offering": offering.text(language) ?? offeringCode, "requester": requesterName ?? "-",
      "priority": String(priority),
      "approval": asked?.name(language) ?? "-", "answer": AgreementMessages.answer(news == .approved).text(language),
      "reason": why ?? "",
    ]
  }

  func members(of tenant: TenantEntry) -> [Value.Member] {
    let approval = asked.map { [Value.Member("approval", .id(tenant.id(IdKind.approval.prefix, $0.approval.publicId)))] } ?? []
    return [
      Value.Member("request", .id(tenant.id(IdKind.request.prefix, publicId))), Value.Member("customer", .id(tenant.publicId)),
      Value.Member("customerCode", .text(tenant.code)), Value.Member("number", .text(RequestLine.number(of: tenant.code, number))),
      Value.Member("offeringCode", .text(offeringCode)), Value.Member("state", .text(state)), Value.Member("priority", .integer(priority)),
    ] + approval
  }
}

/// What the staff are told of a change.
struct ToldChange: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let title: String
  let state: String
  /// Why it was refused, taken back, or given up.
  let reason: String?
  /// What was said of how it ended: of one that was backed out, why.
  let outcomeNote: String?
  /// Who answers for it, else who wrote it; nil: a program.
  let owner: Int64?
  let author: Party
  /// Who had a part in it.
  let parties: [Party]
  let mayApproveOwn: Bool
  let wasAsked: Bool
  /// The customers whom it concerns.
  let concerned: [TenantId]
  /// Which works on it.
  let team: ToldTeam?
  var asked: AskedApproval?
  /// Whether it worked, where it is told that it was done.
  var outcome: ChangeOutcome?

  /// Who of the staff opened it.
  var openingStaff: Int64? { author.kind == Actor.Kind.staff.rawValue ? author.id : nil }

  /// Nil when there is nothing to tell of it any more.
  func told(_ found: FoundEvent, _ approvals: [Approval], of provider: TenantId) -> ToldChange? {
    switch ChangeTelling(rawValue: found.type) {
    case .approvalAsked, .approvalEscalated, .approvalStandIn, .approvalDelegated, .approvalReassigned, .approvalDelegationEnded:
      // What concerns nobody yet is for who serves all.
      let tenants = concerned.isEmpty ? [provider] : concerned
      let facts = ApproverRule.Facts(
        tenants: Set(tenants), permission: Self.permission, submitter: author, parties: parties, mayBeOwn: mayApproveOwn)
      guard let asked = AskedApproval(found, among: approvals, facts, Self.permission, of: tenants) else { return nil }
      var told = self
      told.asked = asked
      return told
    case .approved, .rejected: return wasAsked ? self : nil
    case .implemented:
      var told = self
      told.outcome = found.payload["outcome"]?.text.flatMap(ChangeOutcome.init(rawValue:))
      return told
    case .assigned: return isOver || !found.gives(to: team) ? nil : self
    case .revised, .started, .backedOut, .closed, .cancelled, .commented: return self
    case nil: return nil
    }
  }

  private var isOver: Bool {
    switch ChangeState(rawValue: state) {
    case .closed, .cancelled, nil: true
    case .draft, .assessed, .awaitingApproval, .approved, .implementing, .implemented, .backedOut, .rejected: false
    }
  }

  static let permission = "change.approve"

  func values(_ language: Language, of provider: TenantEntry, _ type: String) -> [String: String] {
    let news = ChangeTelling(rawValue: type)
    // Why it was taken back once is no word on what it has become.
    let why: String? =
      switch news {
      case .rejected, .revised, .cancelled: reason
      case .backedOut: outcomeNote
      default: nil
      }
    let result: String? = outcome.map { AgreementMessages.outcome($0 == .success).text(language) }
    let teamName: String = team?.name ?? "-"
    return [
      "number": ChangeNumber.text(provider.code, number), "title": title, "team": teamName, "approval": asked?.name(language) ?? "-",
      "answer": AgreementMessages.answer(news == .approved).text(language),
      "outcome": result ?? "-", "reason": why ?? "",
    ]
  }

  func members(of provider: TenantEntry) -> [Value.Member] {
    let approval = asked.map { [Value.Member("approval", .id(provider.id(IdKind.changeApproval.prefix, $0.approval.publicId)))] } ?? []
    let result = outcome.map { [Value.Member("outcome", .text($0.rawValue))] } ?? []
    return [
      Value.Member("change", .id(provider.id(IdKind.change.prefix, publicId))), Value.Member("number", .text(ChangeNumber.text(provider.code, number))),
      Value.Member("state", .text(state)), Value.Member("team", .text(team?.name)),
    ] + approval + result
  }
}

/// An approval that somebody is asked for, with what says who that is.
struct AskedApproval: Sendable {
  enum Told: Sendable {
    /// Whom the rule names.
    case holders
    /// Holders of another role as well; not who is asked already.
    case besides(role: String)
    /// Once more whoever is asked by now, in the rule's role or another.
    case again(roles: [String])
    /// The account that was named, by the random bits of its id.
    case named([UInt8])
  }

  let approval: Approval
  /// All of the same request or change.
  let others: [Approval]
  let facts: ApproverRule.Facts
  let permission: String
  /// Those for all of whom a role must be held.
  let tenants: [TenantId]
  let unit: Int64?
  let requester: Int64?
  let told: Told

  /// Nil: it is decided already, or waits for nobody any more.
  init?(
    _ found: FoundEvent, among others: [Approval], _ facts: ApproverRule.Facts, _ permission: String, of tenants: [TenantId], unit: Int64? = nil,
    requester: Int64? = nil
  ) {
    let id = found.payload["approval"]?.text.flatMap { PublicId($0) }
    guard let id, let approval = others.first(where: { $0.publicId == id.random }), approval.state == .asked else { return nil }
    if let to = found.payload["to"]?.text.flatMap({ PublicId($0) }) {
      told = .named(to.random)
    } else if let role = found.payload["role"]?.text {
      told = .besides(role: role)
    } else if let roles = found.payload["roles"]?.array {
      told = .again(roles: roles.compactMap(\.text))
    } else {
      told = .holders
    }
    self.approval = approval
    self.others = others
    self.facts = facts
    self.permission = permission
    self.tenants = tenants
    self.unit = unit
    self.requester = requester
  }

  /// The role, or the person of the customer, that the rule names.
  var role: String? { if case .role(let role) = approval.holder { role } else { nil } }
  var person: Int64? { if case .person(let person) = approval.holder { person } else { nil } }

  func name(_ language: Language) -> String? { LocalText(approval.names).text(language) }
}
