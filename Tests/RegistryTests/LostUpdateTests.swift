import Kernel
import Operations
import Testing

/// No lost update: whatever says anew what is stored says which version it saw, or stands here with the reason why nothing can be lost.
@Suite struct LostUpdateTests {
  /// Ways of writing by which nobody takes back what he has not seen.
  enum Reason: String {
    /// Puts one thing to others, or takes one away: what somebody else put there stays.
    case oneOfMany
    /// Goes from one state to another, once: who comes second finds it done, and is refused or changes nothing.
    case once
    /// What only the caller has.
    case own
    /// A secret, which nobody reads and so nobody has seen.
    case secret
    /// Adds a row that counts from then on; those before stay and can be read.
    case history
    /// Has a sign of its own of what was seen.
    case otherSign
  }

  static let exempt: [String: Reason] = [
    "access_review.decide": .once, "account.disable": .once, "account.enable": .once, "account.set_password": .secret, "account_grant.revoke": .once,
    "approval.approve": .once, "approval.reject": .once, "article.rate": .own,
    "attachment.delete": .once, "catalogue.apply": .otherSign, "change.bypass_gate": .oneOfMany, "change.comment": .oneOfMany,
    "change.link": .oneOfMany, "change.unlink": .oneOfMany, "problem.link": .oneOfMany, "problem.unlink": .oneOfMany,
    "change.link_incident": .oneOfMany, "change.link_problem": .oneOfMany, "change.link_request": .oneOfMany, "change.unlink_incident": .oneOfMany,
    "change.unlink_problem": .oneOfMany, "change.unlink_request": .oneOfMany, "change.unwatch": .oneOfMany, "change.watch": .oneOfMany,
    "change_approval.approve": .once, "change_approval.reject": .once, "change_task.claim": .once, "change_task.complete": .once,
    "change_task.fail": .once, "change_task.retry": .once, "change_task.skip": .once, "delivery_chain.set": .history,
    "dispatch_rule.set": .history, "event.ignore": .once,
    // What is nobody's yet, once; a rule that says otherwise of the label's value than another's is refused, and the same one is not added twice.
    "event.assign": .once,
    "event_source.rotate_secret": .secret, "gate_approval.approve": .once, "gate_approval.reject": .once, "incident.accept": .once,
    "incident.bypass_gate": .oneOfMany, "incident.cite": .oneOfMany, "incident.comment": .oneOfMany, "incident.link": .oneOfMany,
    "incident.uncite": .oneOfMany, "incident.unlink": .oneOfMany, "incident.unwatch": .oneOfMany, "incident.watch": .oneOfMany, "job.retry": .once,
    "knowledge_candidate.decline": .once, "knowledge_candidate.decline_request": .once, "major_incident.bypass_gate": .oneOfMany,
    "major_incident.link": .oneOfMany,
    "major_incident.log": .oneOfMany, "major_incident.unlink": .oneOfMany,
    "major_incident.unwatch": .oneOfMany, "major_incident.watch": .oneOfMany,
    "measurement.correct": .history, "notification.hold": .once, "notification.mark_all_read": .own, "notification.mark_read": .own,
    "notification.release": .once, "notification.repeat": .once, "password.change": .own, "problem.add_ci": .oneOfMany,
    "problem.bypass_gate": .oneOfMany, "problem.comment": .oneOfMany, "problem.link_incident": .oneOfMany, "problem.remove_ci": .oneOfMany,
    "problem.link_request": .oneOfMany, "problem.unlink_request": .oneOfMany,
    "problem.unlink_incident": .oneOfMany, "problem.unwatch": .oneOfMany, "problem.watch": .oneOfMany, "problem_candidate.decline": .once,
    "queue_filter.delete": .own,
    "queue_filter.save": .own, "release.bypass_gate": .oneOfMany, "release.comment": .oneOfMany, "release.unwatch": .oneOfMany, "release.watch": .oneOfMany,
    "request.bypass_gate": .oneOfMany, "request.comment": .oneOfMany,
    "request.cite": .oneOfMany, "request.link": .oneOfMany, "request.link_incident": .oneOfMany, "request.uncite": .oneOfMany, "request.unlink": .oneOfMany,
    "request.unlink_incident": .oneOfMany, "request.unwatch": .oneOfMany, "request.watch": .oneOfMany, "scorecard.rebuild": .once,
    "session.close": .own, "shared_ci.release": .oneOfMany, "staff.disable": .once, "staff.enable": .once, "staff.set_password": .secret,
    "staff_grant.revoke": .once, "supplier_entry.reverse": .history, "task.claim": .once, "task.complete": .once, "task.fail": .once,
    "task.retry": .once, "task.skip": .once, "time_source.release": .once,
    "timer.discard": .own, "token.revoke": .once, "webhook.rotate_secret": .secret,
  ]

  /// What changes or deletes, and what adds or says anew under one name.
  static func saysAnew(_ declaration: Declaration) -> Bool {
    switch declaration.effect {
    case .change, .delete: true
    case .create: ["set", "save", "apply"].contains(declaration.verb)
    case .read: false
    }
  }

  static func takesVersion(_ declaration: Declaration) -> Bool { declaration.requiresVersion || declaration.replacesByVersion }

  @Test func whatSaysAnewSaysWhichVersionItSaw() throws {
    let declarations = try Registry(TestedModules.all).operations.map(\.declaration)
    let unversioned = declarations.filter { Self.saysAnew($0) && !Self.takesVersion($0) }.map(\.name)
    #expect(Set(unversioned).subtracting(Self.exempt.keys).sorted() == [], "these take no version, and stand in no list that says why")
    #expect(Set(Self.exempt.keys).subtracting(unversioned).sorted() == [], "these are in the list and need not be")
  }

  /// Whoever is to say a version can read it, and is told the next one.
  @Test func whatTakesAVersionTellsTheNext() throws {
    let registry = try Registry(TestedModules.all)
    let silent = registry.operations.filter { Self.takesVersion($0.declaration) && !Self.tellsVersion($0) }.map(\.declaration.name)
    #expect(silent.sorted() == [])
  }

  private static func tellsVersion(_ operation: RegisteredOperation) -> Bool {
    guard case .object(let fields) = operation.outputSchema else { return false }
    return fields.contains { $0.name == "version" }
  }

  /// The guard of the guard: an operation of each kind is seen for what it is.
  @Test func aChangeWithoutAVersionIsFound() {
    func declared(_ name: String, _ effect: Effect, requiresVersion: Bool = false, replacesByVersion: Bool = false) -> Declaration {
      Declaration(
        name, "Probe.", zh: "探测。", roles: [], reach: .home, effect: effect, requiresVersion: requiresVersion, replacesByVersion: replacesByVersion)
    }
    let table: [(declaration: Declaration, isFound: Bool)] = [
      (declared("probe.change", .change), true), (declared("probe.delete", .delete), true), (declared("probe.set", .create), true),
      (declared("probe.add", .create), false), (declared("probe.read", .read), false),
      (declared("probe.change", .change, requiresVersion: true), false), (declared("probe.set", .create, replacesByVersion: true), false),
    ]
    for (declaration, isFound) in table {
      #expect((Self.saysAnew(declaration) && !Self.takesVersion(declaration)) == isFound, "\(declaration.name)")
    }
  }
}
