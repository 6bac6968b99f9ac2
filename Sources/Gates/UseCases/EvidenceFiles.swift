import Kernel
import Operations

/// A file that let something pass a gate.
package struct EvidenceFile: OperationOutput {
  let id: PublicId
  let row: FilesOfPassages.Found

  package static let fields: [OutputField<EvidenceFile>] = [
    OutputField("id", .id, "The attachment.", "附件编号。") { .id($0.id) },
    OutputField("name", .text, "What it is called.", "文件名。") { .text($0.row.name) },
    OutputField("type", .text, "What its bytes look like, as a media type.", "按内容识别的媒体类型。") { .text($0.row.type) },
    OutputField("authorName", .text, "Who attached it.", "上传者。") { .text($0.row.author) },
    OutputField("isCustomers", .boolean, "Whether it is the customer's: of its people or of a programme of theirs.", "是否由客户方（人员或其程序）上传。") {
      .bool($0.row.isOfCustomer)
    },
    OutputField("state", .text, "stored; deleted or removed since.", "状态：stored 已存储，或此后 deleted 已删除、removed 内容已清除。") { .text($0.row.state) },
  ]
}

extension OperationContext {
  /// The files that let these stays pass, by tenant and id; asked for only where there are some.
  private func files(of rows: [PassageRow]) async throws -> [FilesOfPassages.Found] {
    let files = Set(rows.flatMap(\.files))
    guard !files.isEmpty else { return [] }
    let tenants = Set([tenant.id.rawValue, provider.id.rawValue])
    return try await transaction.query(FilesOfPassages(tenants: tenants.sorted(), files: Array(files), customers: customersOfGates))
  }

  /// Stays as they are told, with the files that let them pass.
  func passageRecords(_ rows: [PassageRow]) async throws -> [PassageRecord] {
    let found = try await files(of: rows)
    return rows.map { row in
      // A problem's and a change's are rows of the provider's tenant.
      let owner = GateProcess(rawValue: row.subjectKind).map(\.isProvidersOwn) == true ? provider : tenant
      let own = found.filter { $0.tenant == owner.id && row.files.contains($0.publicId) }
      return PassageRecord(row, files: own.map { EvidenceFile(id: owner.id(IdKind.gatedFile.prefix, $0.publicId), row: $0) }, in: self)
    }
  }
}

extension GatesAhead {
  /// The files that are named as evidence. One that is not there is a mistake of who names it, whatever the gates ask for.
  func namedFiles(_ files: [PublicId]) async throws -> NamedFiles {
    guard !files.isEmpty else { return NamedFiles() }
    var named = NamedFiles()
    // To what is not recorded yet nothing is attached.
    let found =
      subject.isOpening
      ? []
      : try await context.transaction.query(
        FilesOfSubject(tenant: context.tenant.id, subject: subject, files: files.map(\.random), customers: context.customersOfGates))
    for (index, file) in files.enumerated() {
      guard let one = found.first(where: { $0.publicId == file.random }) else { throw Failure.invalid("files[\(index)]", GateMessages.noSuchFile) }
      if one.isOfCustomer { named.customers.append(file.random) } else { named.staff.append(file.random) }
    }
    return named
  }
}
