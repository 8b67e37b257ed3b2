package io.arrowshm.load.internal.hdf5;

import io.jhdf.FractalHeap;
import io.jhdf.GroupSymbolTableNode;
import io.jhdf.LocalHeap;
import io.jhdf.ObjectHeader;
import io.jhdf.SymbolTableEntry;
import io.jhdf.Utils;
import io.jhdf.btree.BTreeV1;
import io.jhdf.btree.BTreeV2;
import io.jhdf.btree.record.LinkNameForIndexedGroupRecord;
import io.jhdf.object.message.LinkInfoMessage;
import io.jhdf.object.message.LinkMessage;
import io.jhdf.object.message.SymbolTableMessage;
import io.jhdf.storage.HdfBackingStorage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a group of an HDF5 file names. jhdf opens all that a group has at once, so that whatever it cannot read hides the
 * rest; so its links are read here, and each is followed alone. Stateless.
 */
final class Hdf5Links {
    private static final long NOWHERE = -1;

    /** What a symbol table says of a soft link. */
    private static final int SOFT = 2;

    private Hdf5Links() {}

    /**
     * A link.
     *
     * @param address of what it leads to, in this file; if it leads to no address, there is a target
     * @param target a path; empty for an address
     * @param file that the path is in; empty for this one
     */
    record Link(long address, String target, String file) {
        boolean isHard() {
            return target.isEmpty();
        }
    }

    /** By name, in the order of the file. */
    static Map<String, Link> of(HdfBackingStorage storage, ObjectHeader group) {
        Map<String, Link> links = new LinkedHashMap<>();
        if (group.hasMessageOfType(SymbolTableMessage.class)) {
            addOfSymbolTable(storage, group.getMessageOfType(SymbolTableMessage.class), links);
            return links;
        }
        if (group.hasMessageOfType(LinkInfoMessage.class)) {
            LinkInfoMessage info = group.getMessageOfType(LinkInfoMessage.class);
            if (info.getBTreeNameIndexAddress() != NOWHERE) {
                BTreeV2<LinkNameForIndexedGroupRecord> names = new BTreeV2<>(storage, info.getBTreeNameIndexAddress());
                FractalHeap heap = new FractalHeap(storage, info.getFractalHeapAddress());
                for (LinkNameForIndexedGroupRecord name : names.getRecords()) {
                    add(LinkMessage.fromBuffer(heap.getId(name.getId()), storage.getSuperblock()), links);
                }
                return links;
            }
        }
        group.getMessagesOfType(LinkMessage.class).forEach(link -> add(link, links));
        return links;
    }

    private static void add(LinkMessage link, Map<String, Link> links) {
        links.put(
                link.getLinkName(),
                switch (link.getLinkType()) {
                    case HARD -> new Link(link.getHardLinkAddress(), "", "");
                    case SOFT -> new Link(NOWHERE, link.getSoftLink(), "");
                    case EXTERNAL -> new Link(NOWHERE, link.getExternalPath(), link.getExternalFile());
                });
    }

    private static void addOfSymbolTable(HdfBackingStorage storage, SymbolTableMessage table, Map<String, Link> links) {
        ByteBuffer names = new LocalHeap(storage, table.getLocalHeapAddress()).getDataBuffer();
        for (long node :
                BTreeV1.createGroupBTree(storage, table.getBTreeAddress()).getChildAddresses()) {
            for (SymbolTableEntry entry : new GroupSymbolTableNode(storage, node).getSymbolTableEntries()) {
                String name = text(names, entry.getLinkNameOffset());
                links.put(
                        name,
                        entry.getCacheType() == SOFT
                                ? new Link(NOWHERE, text(names, entry.getLinkValueOffset()), "")
                                : new Link(entry.getObjectHeaderAddress(), "", ""));
            }
        }
    }

    private static String text(ByteBuffer names, int offset) {
        names.position(offset);
        return Utils.readUntilNull(names);
    }
}
