import Kernel
import Operations
import Tenancy

/// Who answers for the untaken records of a process.
package struct OwnershipLine: OperationOutput {
  let process: OwnedProcess
  let accountable: Accountable?
  let owner: PublicId?
  let since: Instant?
  let named: PublicId?

  package static let fields: [OutputField<OwnershipLine>] = [
    OutputField("process", .text, "incident, request, problem or change.", "流程：incident 事件、request 请求、problem 问题、change 变更。") { .text($0.process.rawValue) },
    OutputField("owner", .id, "Who answers for what nobody has taken; null: no administrator is there yet.", "无人认领时的负责人；尚无管理员则为 null。") { .id($0.owner) },
    OutputField("ownerName", .text, "His name.", "负责人姓名。") { .text($0.accountable?.name) },
    OutputField(
      "ownerBy", .text, "handbook: he stands in the newest edition of the process's handbook; default: nobody does who is still there.",
      "handbook 由流程手册最新版本指定；default 手册中无在职人员，为默认负责人。"
    ) { .text($0.accountable?.rule.rawValue) },
    OutputField("since", .instant, "Since when.", "起始时间。") { .instant($0.since) },
    OutputField(
      "default", .id, "Whom the provider names for where no handbook does; null: the administrator who has been there longest.",
      "手册未指定时由服务商指定的人员；null 表示任职最久的管理员。"
    ) { .id($0.named) },
  ]
}

/// The rule of who answers, as it stands.
package struct OwnershipRecord: OperationOutput {
  let processes: [OwnershipLine]
  let version: Int64

  static let setting = "ownership"

  package static let fields: [OutputField<OwnershipRecord>] = [
    OutputField("processes", listOf: OwnershipLine.self, "Of each process.", "各流程。") { $0.processes },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.version) },
  ]
}

package enum ReadOwnership: Operation {
  package typealias Input = NoInput

  package static let declaration = Declaration(
    "ownership.read", "Read who answers for incidents, requests, problems and changes that nobody has taken, and by which rule.",
    zh: "查看无人认领的事件、请求、问题与变更由谁负责及其依据。", permission: HandbookRights.read, roles: HandbookRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OwnershipRecord { try await context.ownership() }
}

/// It holds from now on for all that nobody has taken.
package enum SetOwnership: Operation {
  package struct Input: OperationInput {
    let process: OwnedProcess
    let staff: PublicId?

    private static let process = Field.oneOf("process", OwnedProcess.allCases.map(\.rawValue), "The process.", "流程。")
    private static let staff = Field.id(
      "staff", .staff, "Who answers where no handbook names anybody; left out: the administrator who has been there longest.",
      "手册未指定时的负责人；不填表示任职最久的管理员。"
    ).optional
    package static let fields: [any InputField] = [process, staff]

    package init(_ values: InputValues) throws(FieldError) {
      process = OwnedProcess(rawValue: try values[Self.process]) ?? .incident
      staff = try values[Self.staff]
    }
  }

  package static let declaration = Declaration(
    "ownership.set", "Name who answers for what nobody has taken, for where the process's handbook names nobody who is there.",
    zh: "指定手册未指定在职人员时，无人认领的记录由谁负责。", permission: HandbookRights.manage, roles: HandbookRights.managers, scopes: HandbookRights.everyone,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OwnershipRecord {
    try await context.raiseSetting(OwnershipRecord.setting)
    if let staff = input.staff {
      let book = try await context.staffBook([staff])
      guard book.knows(staff) else { throw context.unknownReference("staff") }
      guard book.isActive(staff) else { throw Failure.invalid("staff", HandbookMessages.ownerLeft) }
      let able = try await AccountableSweep.mayAnswer([staff.random], of: context.provider.id, at: context.now, in: context.transaction)
      guard able[input.process]?.isEmpty == false else {
        throw Failure.invalid("staff", HandbookMessages.ownerMayNotWork, ["permission": input.process.permission])
      }
      context.transaction.enqueue(SetOwnershipDefault(process: input.process, staff: staff, now: context.now))
    } else {
      context.transaction.enqueue(DropOwnershipDefault(process: input.process))
    }
    context.subject(context.provider.publicId)
    try await AccountableSweep.resolve(of: context.provider.id, at: context.now, in: context.transaction)
    return try await context.ownership()
  }
}

extension OperationContext {
  fileprivate func ownership() async throws -> OwnershipRecord {
    let (standing, named) = try await transaction.query(AccountablesInForce(), OwnershipDefaults())
    let version = try await settingVersion(OwnershipRecord.setting)
    return OwnershipRecord(
      processes: OwnedProcess.allCases.map { process in
        let found = standing.first { $0.process == process.rawValue }
        return OwnershipLine(
          process: process, accountable: found?.accountable, owner: found?.accountable.map { id(.staff, $0.publicId) }, since: found?.since,
          named: named.first { $0.process == process.rawValue }.map { id(.staff, $0.staff) })
      }, version: version)
  }
}
